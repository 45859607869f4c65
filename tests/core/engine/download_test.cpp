#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "registry_replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t mib = 1024 * 1024;

// What is written to it cannot be read back.
class UnreadableStaged final : public StagedObject {
 public:
  const RangeSet& resumed() const noexcept override { return resumed_; }
  Result<> write_at(std::uint64_t, std::span<const std::byte>) noexcept override { return {}; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const noexcept override {
    return fail(Errc::io, "a bad sector");
  }
  Result<> checkpoint(const RangeSet&) noexcept override { return {}; }
  void discard() noexcept override {}

 private:
  RangeSet resumed_;
};

class UnreadableStore final : public Store {
 public:
  Result<std::unique_ptr<Blob>> open(const Context&, const Digest&) noexcept override { return nullptr; }
  Result<std::unique_ptr<StagedObject>> stage(const Context&, const Descriptor&) noexcept override {
    return std::make_unique<UnreadableStaged>();
  }
  Result<> commit(const Context&, std::span<Finished>) noexcept override { return {}; }
  Result<bool> remove(const Context&, const Digest&) noexcept override { return false; }
  Result<std::vector<BlobInfo>> list(const Context&) noexcept override { return std::vector<BlobInfo>(); }
};

// Zeros in place of every blob, for as much of it as is asked for.
HttpReply zeros(const HttpRequest& request, std::uint64_t size) {
  static const auto bytes = std::make_shared<const std::string>(64 * mib, '\0');
  const auto asked = request.header("Range").substr(std::string_view("bytes=").size());
  const auto range = parse_inclusive(asked);
  return {.status = 206,
          .headers = {{"Content-Range", "bytes " + asked + "/" + std::to_string(size)}},
          .body = {bytes, {0, range->length}}};
}

TEST(Download, ends_when_the_hash_cannot_follow_because_the_disk_fails) {
  constexpr auto size = 600 * mib;
  EngineLab lab;
  UnreadableStore store;
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};
  const Descriptor blob{digest_of("weights"), size};
  lab.registry.content().put_manifest(
      "ns/model", "latest",
      {manifest_json(blob, {{"application/vnd.ollama.image.model", blob}}), std::string(docker_manifest_type)});
  lab.registry.plan().on({.method = "GET", .target = "/blobs/"}, Times::always(),
                         [](const HttpRequest& request, const Handler&) { return zeros(request, size); });

  const auto report =
      pull(lab.fake.context(), toolkit, lab.access, *Reference::parse("registry.test/ns/model"), PullOptions());

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::io);
  EXPECT_THAT(report.error().message, HasSubstr("a bad sector"));
}

}  // namespace
}  // namespace regtool
