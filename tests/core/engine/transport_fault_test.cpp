// Whichever single call of the network fails, nothing wrong comes of it.

#include <regtool/url.hpp>

#include "digest_of.hpp"
#include "engine/manifest.hpp"
#include "engine_lab.hpp"
#include "faulty_transport.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr const char* repository = "ns/model";

enum class Towards : std::uint8_t { store, registry };
enum class Blobs : std::uint8_t { one_big, many_small };

const std::vector<std::string>& layers_of(Blobs blobs) {
  static const std::vector<std::string> big{some_bytes(9 << 20)};
  static const std::vector<std::string> small = [] {
    std::vector<std::string> layers{""};
    for (unsigned i = 1; i <= 12; ++i) layers.push_back(some_bytes(100 * i, i));
    return layers;
  }();
  return blobs == Blobs::one_big ? big : small;
}

FakeRegistryOptions options() {
  FakeRegistryOptions options;
  options.auth.scheme = AuthScheme::token;
  options.redirects_blobs = 307;
  options.cdn.origin = "https://cdn.test";
  return options;
}

class AnyToken final : public Authenticator {
 public:
  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto realm, realm_of(challenge));
    return fetch_token(ctx, plain, {Method::get, with_query(realm, encode_query(token_query(challenge))), {}});
  }
};

// A lab whose network goes wrong once, and whose registry asks for tokens and sends blobs through a CDN.
class FailingNetwork {
 public:
  FailingNetwork(NthCallFails& plan, Strike strike, Towards towards, Blobs blobs)
      : towards_(towards), blobs_(blobs), faulty_(lab_.transport, plan, strike) {
    lab_.settings.connections = 3;
    lab_.access.authenticator = &authenticator_;
    manifest_ = towards == Towards::store ? lab_.publish(repository, layers_of(blobs))
                                          : lab_.keep(repository, layers_of(blobs));
  }

  Result<> run_under_fault(unsigned tries) {
    lab_.access.transport = &faulty_;
    lab_.settings.tries = tries;
    return run();
  }

  Result<> run_without_fault() {
    lab_.access.transport = &lab_.transport;
    lab_.settings.tries = TransferSettings{}.tries;
    return run();
  }

  void expect_complete() {
    EXPECT_EQ(manifest_there(), manifest_);
    for (const auto& bytes : layers_of(blobs_)) EXPECT_TRUE(is_there(bytes));
    EXPECT_EQ(lab_.store.disk().staged_count(), 0u);
  }

  void expect_nothing_wrong() {
    const auto blobs = lab_.store.list(lab_.fake.context());
    ASSERT_TRUE(blobs);
    for (const auto& blob : *blobs) EXPECT_EQ(digest_of(*lab_.store.disk().bytes(blob.digest)), blob.digest);
    // The fake refuses a manifest whose blobs it does not have, and a blob whose digest is wrong.
    if (const auto there = manifest_there(); !there.empty()) expect_complete();
  }

 private:
  Result<> run() {
    if (towards_ == Towards::store) {
      REGTOOL_TRY(lab_.pull(repository));
    } else {
      REGTOOL_TRY(lab_.push(repository));
    }
    return {};
  }

  std::string manifest_there() {
    if (towards_ == Towards::store) return lab_.stored(repository);
    const auto found = lab_.registry.content().manifest(repository, "latest");
    return found ? found->bytes : "";
  }

  bool is_there(const std::string& bytes) {
    if (towards_ == Towards::store) return lab_.has(bytes);
    const auto found = lab_.registry.content().blob(repository, digest_of(bytes).text());
    return found && *found == bytes;
  }

  const Towards towards_;
  const Blobs blobs_;
  EngineLab lab_{options()};
  AnyToken authenticator_;
  FaultyTransport faulty_;
  std::string manifest_;
};

struct Case {
  Strike strike;
  Towards towards;
  Blobs blobs;
};

class NetworkFaults : public testing::TestWithParam<Case> {
 protected:
  // Lets the first, the second, … call fail, until there are no more. Returns how many of the runs did.
  unsigned strike_everywhere(unsigned tries) {
    const auto [strike, towards, blobs] = GetParam();
    unsigned failures = 0;
    for (std::uint64_t nth = 1;; ++nth) {
      SCOPED_TRACE(nth);
      NthCallFails plan(nth, strike == Strike::unheard ? Errc::unavailable : Errc::timeout);
      FailingNetwork site(plan, strike, towards, blobs);

      const auto outcome = site.run_under_fault(tries);

      if (outcome) {
        site.expect_complete();
      } else {
        ++failures;
        last_failure_ = outcome.error().message;
        EXPECT_EQ(std::count(last_failure_.begin(), last_failure_.end(), '\n'), 0) << last_failure_;
        site.expect_nothing_wrong();
        const auto next = site.run_without_fault();
        EXPECT_TRUE(next) << next.error().message;
        site.expect_complete();
      }
      if (!plan.struck() || HasFailure()) {
        EXPECT_GT(nth, 15u);
        return failures;
      }
    }
  }

  std::string last_failure_;
};

TEST_P(NetworkFaults, one_of_them_anywhere_is_got_over_by_the_run_itself) {
  EXPECT_EQ(strike_everywhere(TransferSettings{}.tries), 0u) << last_failure_;
}

TEST_P(NetworkFaults, without_a_second_try_nothing_wrong_is_left_and_the_next_run_succeeds) {
  EXPECT_GE(strike_everywhere(1), 3u);
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto strike : {Strike::unheard, Strike::answer_lost, Strike::cut_short}) {
    for (const auto towards : {Towards::store, Towards::registry}) {
      for (const auto blobs : {Blobs::one_big, Blobs::many_small}) cases.push_back({strike, towards, blobs});
    }
  }
  return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const auto& [strike, towards, blobs] = info.param;
  const std::string name = strike == Strike::unheard       ? "unheard"
                           : strike == Strike::answer_lost ? "answer_lost"
                                                           : "cut_short";
  return name + (towards == Towards::store ? "_pull" : "_push") +
         (blobs == Blobs::one_big ? "_of_one_big" : "_of_many_small");
}

INSTANTIATE_TEST_SUITE_P(Everywhere, NetworkFaults, testing::ValuesIn(all_cases()), name_of);

}  // namespace
}  // namespace regtool
