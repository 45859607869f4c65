// What is pushed by one user comes back to another byte for byte, through every kind of registry.

#include "model_maker.hpp"
#include "place.hpp"
#include "same_store.hpp"
#include "sizes.hpp"
#include "user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::IsEmpty;

std::vector<std::string> words(const std::vector<std::string>& first, const std::vector<std::string>& more) {
  std::vector<std::string> result = first;
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

class EveryPlace : public testing::TestWithParam<PlaceKind> {
 protected:
  EveryPlace() : place_(GetParam().make()) {
    place_->admit(ada_);
    place_->admit(bob_);
  }

  void round_trip(const lab::ModelShape& shape) {
    lab::make_model(ada_.store(), {place_->host(), "demo/gemma", "2b"}, shape);
    const Outcome push = ada_.regtool(words({"push", name()}, place_->flags()));
    ASSERT_EQ(push.status, 0) << push.err;
    const Outcome pull = bob_.regtool(words({"pull", name()}, place_->flags()));
    ASSERT_EQ(pull.status, 0) << pull.err;
    EXPECT_THAT(differences(ada_.store(), bob_.store()), IsEmpty());
    place_->expect_used();
  }

  std::string name() const { return place_->host() + "/demo/gemma:2b"; }

  std::unique_ptr<Place> place_;
  User ada_, bob_;
};

TEST_P(EveryPlace, gives_back_a_model_with_one_big_blob) { round_trip({.weights = sizes().weights}); }

TEST_P(EveryPlace, gives_back_a_model_of_many_tensors) { round_trip({.weights = 0, .tensors = sizes().tensors}); }

TEST_P(EveryPlace, is_not_asked_for_blobs_that_are_there) {
  round_trip({});
  const Outcome push = ada_.regtool(words({"push", name()}, place_->flags()));
  EXPECT_EQ(push.status, 0) << push.err;
  const Outcome pull = bob_.regtool(words({"pull", name()}, place_->flags()));
  EXPECT_EQ(pull.status, 0) << pull.err;
}

INSTANTIATE_TEST_SUITE_P(RoundTrip, EveryPlace, testing::ValuesIn(every_kind_of_place()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace regtool
