#pragma once
// Which blobs a registry is asked for before they are sent to it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace regtool {

// Indexes of blobs, each in one of the two.
struct CheckPlan {
  std::vector<std::size_t> first;
  std::vector<std::size_t> rest;  // to be asked for only if the registry has any of the first
};

// To ask costs a registry nearly as much as to take a small blob. So where it has not one of a good sample, the other
// small ones are offered unasked. All large blobs are asked for first, and of the small ones as many as are asked for
// at once, spread evenly: what an interrupted push has sent begins at the front.
CheckPlan plan_checks(std::span<const std::uint64_t> sizes, std::size_t at_once);

}  // namespace regtool
