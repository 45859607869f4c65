#include "engine/check_plan.hpp"

#include <algorithm>

namespace regtool {
namespace {

// Up to here a blob that was sent in vain is no great loss.
constexpr std::uint64_t small = 1 << 20;

}  // namespace

CheckPlan plan_checks(std::span<const std::uint64_t> sizes, std::size_t at_once) {
  CheckPlan plan;
  std::vector<std::size_t> small_ones;
  for (std::size_t i = 0; i < sizes.size(); ++i) (sizes[i] > small ? plan.first : small_ones).push_back(i);
  // Each goes into the sample with which it gets its due share.
  const auto sample = std::min(at_once, small_ones.size());
  for (std::size_t i = 0; i < small_ones.size(); ++i) {
    const auto due = [&](std::size_t n) { return (n * sample + small_ones.size() - 1) / small_ones.size(); };
    (due(i + 1) > due(i) ? plan.first : plan.rest).push_back(small_ones[i]);
  }
  return plan;
}

}  // namespace regtool
