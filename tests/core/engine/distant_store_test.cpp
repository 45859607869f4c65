// A pull into a store that sends bytes on to where they cannot be read back.

#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "registry_replies.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;
constexpr MemoryDisk::Distance distance{.window = 4 * mib, .unit = mib};

// Begins hashes, but goes on with none.
class ForgetfulVerifier final : public Verifier {
 public:
  explicit ForgetfulVerifier(Verifier& inner) : inner_(inner) {}

  Result<std::unique_ptr<Hasher>> begin(std::string_view algorithm) noexcept override {
    return inner_.begin(algorithm);
  }

  Result<std::unique_ptr<Hasher>> resume(const HashState& from) noexcept override {
    if (from.bytes > 0) return fail(Errc::unsupported, "another library computed this");
    return inner_.resume(from);
  }

 private:
  Verifier& inner_;
};

class PullIntoDistantStore : public testing::Test {
 protected:
  PullIntoDistantStore() { lab_.publish("ns/model", {bytes_}); }

  Result<PullReport> pull(Verifier& verifier) {
    lab_.registry.log().clear();
    MemoryStore store(disk_);
    const Toolkit toolkit{store, lab_.refs, verifier, lab_.settings, lab_.board};
    return regtool::pull(lab_.fake.context(), toolkit, lab_.access, *Reference::parse("registry.test/ns/model"), {});
  }
  Result<PullReport> pull() { return pull(*lab_.verifier); }

  // A run in which nothing comes from 10 MiB on.
  void be_cut() {
    const auto tries = std::exchange(lab_.settings.tries, 1);
    lab_.registry.plan().on({.method = "GET", .target = digest_of(bytes_).text()}, Times::always(),
                            [](const HttpRequest& request, const Handler& real) {
                              const auto asked = parse_inclusive(request.header("Range").substr(6));
                              return asked->end() <= 10 * mib ? real(request) : HttpReply{.status = 404};
                            });
    ASSERT_FALSE(pull());
    lab_.registry.plan().clear();
    lab_.settings.tries = tries;
  }

  bool complete() const {
    const auto found = disk_->bytes(digest_of(bytes_));
    return found && *found == bytes_;
  }

  std::uint64_t moved() { return lab_.registry.log().bytes_sent(digest_of(bytes_).text()); }

  const std::string bytes_ = some_bytes(24 * mib);
  EngineLab lab_;
  const std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>(distance);
};

TEST_F(PullIntoDistantStore, writes_no_further_ahead_of_the_hash_than_the_store_has_room) {
  const auto report = pull();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(complete());
}

TEST_F(PullIntoDistantStore, goes_on_with_the_hash_of_an_earlier_run) {
  be_cut();
  const auto report = pull();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(complete());
  EXPECT_LT(moved(), bytes_.size());
}

TEST_F(PullIntoDistantStore, begins_anew_where_the_verifier_cannot_go_on) {
  be_cut();
  ForgetfulVerifier forgetful(*lab_.verifier);
  const auto report = pull(forgetful);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(complete());
  EXPECT_EQ(moved(), bytes_.size());
}

TEST_F(PullIntoDistantStore, begins_anew_when_what_it_resumed_was_not_the_right_bytes) {
  be_cut();
  disk_->damage_staged(digest_of(bytes_));
  const auto report = pull();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(complete());
}

TEST_F(PullIntoDistantStore, fetches_a_damaged_blob_again) {
  lab_.registry.plan().on({.method = "GET", .target = digest_of(bytes_).text()}, Times::once(),
                          [](const HttpRequest& request, const Handler& real) {
                            auto reply = real(request);
                            std::string body(reply.body.view());
                            body[body.size() / 2] ^= 1;
                            reply.body = ReplyBody(std::move(body));
                            return reply;
                          });
  const auto report = pull();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(complete());
}

}  // namespace
}  // namespace regtool
