#include "fault_lab.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace regtool {
namespace {

struct Case {
  Fault fault;
  Direction direction;
  Shape shape;

  const Outcome& expected() const { return direction == Direction::pull ? *fault.pull : *fault.push; }
};

// For GoogleTest.
void PrintTo(const Case& row, std::ostream* out) { *out << row.fault.what; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& group : fault_matrix()) {
    for (const auto& fault : group.faults) {
      for (const auto shape : {Shape::one_big, Shape::many_small}) {
        if (fault.only_big && shape != Shape::one_big) continue;
        if (fault.pull) cases.push_back({fault, Direction::pull, shape});
        if (fault.push) cases.push_back({fault, Direction::push, shape});
      }
    }
  }
  return cases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const auto& [fault, direction, shape] = info.param;
  std::string name = direction == Direction::pull ? "pull" : "push";
  name += shape == Shape::one_big ? "_one_big__" : "_many_small__";
  for (const char c : fault.what) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      name += c;
    } else if (!name.ends_with('_')) {
      name += '_';
    }
  }
  return name;
}

// The manifest, the config, error messages: what comes on top of the blobs.
constexpr std::uint64_t small_change = 64 * 1024;

// How many blobs one worker may have to move, on a machine that is busy with other things: the big one and its config;
// a quarter of the small ones.
int blobs_in_turn(Shape shape) { return shape == Shape::one_big ? 2 : 16; }

class FaultMatrix : public testing::TestWithParam<Case> {};

TEST_P(FaultMatrix, ends_as_it_should_within_its_bounds_and_the_next_run_goes_on) {
  const auto& [fault, direction, shape] = GetParam();
  const auto& expected = GetParam().expected();
  FaultLab lab(fault, direction, shape);

  const auto outcome = lab.run_under_fault();

  EXPECT_EQ(outcome ? std::nullopt : std::optional(outcome.error().code), expected.error)
      << (outcome ? "" : outcome.error().message) << "\n"
      << lab.log();
  EXPECT_LE(lab.moved(), expected.moved * static_cast<double>(bytes_of(shape)) + small_change) << lab.log();
  EXPECT_LE(lab.waited(), expected.time * (outcome ? blobs_in_turn(shape) : 1)) << lab.log();
  EXPECT_EQ(lab.fault_struck(), fault.inject != nullptr) << lab.log();
  if (outcome) {
    lab.expect_complete();
    return;
  }
  EXPECT_EQ(std::count(outcome.error().message.begin(), outcome.error().message.end(), '\n'), 0);
  lab.expect_nothing_half_done();

  const auto next = lab.run_without_fault();

  ASSERT_TRUE(next) << next.error().message << "\n" << lab.log();
  EXPECT_LE(lab.moved(), expected.moved_next() * static_cast<double>(bytes_of(shape)) + small_change) << lab.log();
  lab.expect_complete();
}

INSTANTIATE_TEST_SUITE_P(Rows, FaultMatrix, testing::ValuesIn(all_cases()), name_of);

}  // namespace
}  // namespace regtool
