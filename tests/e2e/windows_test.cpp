// The program for Windows, under Wine, with what others have pushed. REGTOOL_EXE says where it is.

#include "model_maker.hpp"
#include "place.hpp"
#include "same_store.hpp"
#include "sizes.hpp"
#include "user.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class OnWindows : public testing::TestWithParam<PlaceKind> {
 protected:
  OnWindows() : place_(GetParam().make()) {
    for (auto* user : {&ada_, &bob_, &carol_}) place_->admit(*user);
    bob_.run_through({"wine"});
    bob_.use_program(std::getenv("REGTOOL_EXE"));
  }

  void expect_good(const User& user, std::vector<std::string> words) {
    const auto flags = place_->flags();
    words.insert(words.end(), flags.begin(), flags.end());
    // Wine gives all programs one home.
    const auto key = user.home() / ".ollama/id_ed25519";
    if (std::filesystem::exists(key)) {
      words.insert(words.end(), {"--set", "registries.\"" + place_->host() + "\".auth.key=" + key.string()});
    }
    const Outcome outcome = user.regtool(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }

  // A folder cannot have a colon in its name there.
  std::filesystem::path manifests_of_bob() const {
    auto host = place_->host();
    host.replace(host.find(':'), 1, "%");
    return bob_.store() / "manifests" / host;
  }

  std::string name(const std::string& model) const { return place_->host() + "/demo/" + model + ":2b"; }

  const std::unique_ptr<Place> place_;
  User ada_, bob_, carol_;  // Bob has Windows
};

TEST_P(OnWindows, a_model_comes_and_goes_byte_for_byte) {
  lab::make_model(ada_.store(), {place_->host(), "demo/gemma", "2b"}, {.weights = sizes().weights, .tensors = 20});
  expect_good(ada_, {"push", name("gemma")});

  expect_good(bob_, {"pull", name("gemma")});

  const Outcome verified = bob_.regtool({"verify"});
  EXPECT_EQ(verified.status, 0) << verified.err;
  EXPECT_THAT(bob_.regtool({"list"}).out, HasSubstr(name("gemma")));
  ASSERT_TRUE(std::filesystem::exists(manifests_of_bob() / "demo" / "gemma" / "2b"));

  expect_good(bob_, {"push", name("gemma"), "--as", name("again")});

  expect_good(carol_, {"pull", name("again")});
  std::filesystem::rename(carol_.store() / "manifests" / place_->host() / "demo" / "again",
                          carol_.store() / "manifests" / place_->host() / "demo" / "gemma");
  EXPECT_THAT(differences(ada_.store(), carol_.store()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Windows, OnWindows, testing::ValuesIn(every_kind_of_place()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace regtool
