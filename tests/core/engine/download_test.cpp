#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "registry_replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::Contains;
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

// What an answer's connection is like.
enum class Pace : std::uint8_t { brisk, crawling, hung };

// While a connection crawls, the others make so many reads for each of its own.
constexpr unsigned reads_of_others = 20;

// Who may read when.
class Turns {
 public:
  // Both return false when stopped.
  bool brisk(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !someone_crawls_ || left_ > 0; })) return false;
    if (left_ > 0) --left_;
    changed_.notify_all();
    return true;
  }

  bool crawling(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!std::exchange(someone_crawls_, true)) left_ = reads_of_others;
    if (!changed_.wait(lock, stop, [this] { return left_ == 0; })) return false;
    left_ = reads_of_others;
    changed_.notify_all();
    return true;
  }

  void crawling_ends() {
    const std::lock_guard lock(mutex_);
    someone_crawls_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool someone_crawls_ = false;
  unsigned left_ = 0;
};

class PacedResponse final : public Response {
 public:
  PacedResponse(const Context& ctx, FakeClock& clock, Turns& turns, std::unique_ptr<Response> inner, Pace pace)
      : stop_(ctx.stop), clock_(clock), turns_(turns), inner_(std::move(inner)), pace_(pace) {}
  ~PacedResponse() override {
    if (pace_ == Pace::crawling) turns_.crawling_ends();
  }

  int status() const noexcept override { return inner_->status(); }
  const Headers& headers() const noexcept override { return inner_->headers(); }
  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (!may_read()) return fail(Errc::cancelled, "cancelled");
    if (pace_ == Pace::brisk) clock_.advance(std::chrono::milliseconds(20));
    const std::size_t at_once = pace_ == Pace::brisk ? 256 << 10 : 64;
    return inner_->read(out.first(std::min(out.size(), at_once)));
  }

 private:
  bool may_read() {
    if (pace_ == Pace::brisk) return turns_.brisk(stop_);
    if (pace_ == Pace::crawling) return turns_.crawling(stop_);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    return std::condition_variable_any().wait(lock, stop_, [] { return false; });
  }

  const std::stop_token stop_;
  FakeClock& clock_;
  Turns& turns_;
  const std::unique_ptr<Response> inner_;
  const Pace pace_;
};

// Gives the second answer to a range a pace of its own: the first one must come before others are asked for.
class PacedTransport final : public Transport {
 public:
  PacedTransport(Transport& inner, FakeClock& clock, Pace second) : inner_(inner), clock_(clock), second_(second) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override {
    REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, request));
    if (!request.headers.get("Range")) return response;
    const auto pace = ++asked_ == 2 ? second_ : Pace::brisk;
    return std::make_unique<PacedResponse>(ctx, clock_, turns_, std::move(response), pace);
  }

 private:
  Transport& inner_;
  FakeClock& clock_;
  Turns turns_;
  const Pace second_;
  std::atomic<unsigned> asked_{0};
};

TEST(Download, is_not_held_up_by_a_connection_on_which_nothing_comes) {
  EngineLab lab;
  const auto weights = some_bytes(24 * mib);
  lab.publish("ns/model", {weights});
  PacedTransport transport(lab.transport, lab.fake.clock, Pace::hung);
  lab.access.transport = &transport;

  const auto report = lab.pull("ns/model");

  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(lab.has(weights));
}

TEST(Download, asks_anew_where_a_connection_crawls_while_others_do_not) {
  EngineLab lab;
  const auto weights = some_bytes(100 * mib);
  lab.publish("ns/model", {weights});
  lab.settings.connections = lab.settings.first_connections = 6;
  PacedTransport transport(lab.transport, lab.fake.clock, Pace::crawling);
  lab.access.transport = &transport;

  ASSERT_TRUE(lab.pull("ns/model"));

  EXPECT_TRUE(lab.has(weights));
  EXPECT_THAT(lab.fake.console.debugs(), Contains(HasSubstr("much slower than the others")));
}

}  // namespace
}  // namespace regtool
