#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "registry_replies.hpp"

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace regtool {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr std::uint64_t mib = 1024 * 1024;

// What is written to it cannot be read back.
class UnreadableStaged final : public StagedObject {
 public:
  const StagedFacts& facts() const noexcept override { return facts_; }
  Result<> write_at(std::uint64_t, std::span<const std::byte>) noexcept override { return {}; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const noexcept override {
    return fail(Errc::io, "a bad sector");
  }
  Result<> checkpoint(const RangeSet&, const std::optional<HashState>&) noexcept override { return {}; }
  void discard() noexcept override {}

 private:
  StagedFacts facts_;
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

// Who may read when. The brisk connections read in rounds, each once a round, so that none falls behind; while another
// one crawls, they make some rounds for each of its reads.
class Turns {
 public:
  explicit Turns(FakeClock& clock) : clock_(clock) {}

  void begin(const void* who, Pace pace) {
    const std::lock_guard lock(mutex_);
    if (pace == Pace::brisk) brisk_.insert(who);
    if (pace == Pace::crawling) rounds_left_ = rounds_a_read;
  }

  void end(const void* who, Pace pace) {
    const std::lock_guard lock(mutex_);
    if (pace == Pace::crawling) rounds_left_.reset();
    brisk_.erase(who);
    had_turn_.erase(who);
    end_round();
    changed_.notify_all();
  }

  // False when stopped.
  bool wait(const void* who, Pace pace, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto may_read = [&] {
      if (pace == Pace::brisk) return !had_turn_.contains(who) && rounds_left_ != 0U;
      return pace == Pace::crawling && rounds_left_ == 0U;
    };
    if (!changed_.wait(lock, stop, may_read)) return false;
    if (pace == Pace::brisk) {
      had_turn_.insert(who);
      end_round();
    } else {
      rounds_left_ = rounds_a_read;
    }
    changed_.notify_all();
    return true;
  }

 private:
  static constexpr unsigned rounds_a_read = 4;

  // With the lock held.
  void end_round() {
    if (brisk_.empty() || had_turn_ != brisk_) return;
    had_turn_.clear();
    clock_.advance(std::chrono::milliseconds(100));
    if (rounds_left_ && *rounds_left_ > 0) --*rounds_left_;
  }

  FakeClock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<const void*> brisk_, had_turn_;
  std::optional<unsigned> rounds_left_;  // until the one that crawls makes its next read; nothing when none crawls
};

class PacedResponse final : public Response {
 public:
  PacedResponse(const Context& ctx, Turns& turns, std::unique_ptr<Response> inner, Pace pace)
      : stop_(ctx.stop), turns_(turns), inner_(std::move(inner)), pace_(pace) {
    turns_.begin(this, pace_);
  }
  ~PacedResponse() override { turns_.end(this, pace_); }

  int status() const noexcept override { return inner_->status(); }
  const Headers& headers() const noexcept override { return inner_->headers(); }
  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (!turns_.wait(this, pace_, stop_)) return fail(Errc::cancelled, "cancelled");
    const std::size_t at_once = pace_ == Pace::brisk ? 256 << 10 : 64;
    return inner_->read(out.first(std::min(out.size(), at_once)));
  }

 private:
  const std::stop_token stop_;
  Turns& turns_;
  const std::unique_ptr<Response> inner_;
  const Pace pace_;
};

// Gives the second answer to a range a pace of its own: the first one must come before others are asked for.
class PacedTransport final : public Transport {
 public:
  PacedTransport(Transport& inner, FakeClock& clock, Pace second) : inner_(inner), turns_(clock), second_(second) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override {
    REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, request));
    if (!request.headers.get("Range")) return response;
    const auto pace = ++asked_ == 2 ? second_ : Pace::brisk;
    return std::make_unique<PacedResponse>(ctx, turns_, std::move(response), pace);
  }

 private:
  Transport& inner_;
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
