#pragma once
// How a blob is cut into parts, as a pure function.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <algorithm>
#include <cstdint>

namespace regtool {

// Parts of one size, but for the last one.
class PartPlan {
 public:
  static constexpr std::uint64_t max_parts = 10'000;                 // S3's limits
  static constexpr std::uint64_t max_part = std::uint64_t{5} << 30;  // bytes
  static constexpr std::uint64_t max_object = std::uint64_t{5} << 40;

  // Parts of `wanted` bytes (a multiple of 64, where a hash has a state to go on from), or of as many more as it takes
  // not to have too many. Errc::unsupported for a blob that S3 cannot hold.
  static Result<PartPlan> make(std::uint64_t blob_size, std::uint64_t wanted);

  std::uint64_t blob_size() const noexcept { return blob_size_; }
  std::uint64_t part_size() const noexcept { return part_size_; }

  // At least one.
  std::size_t count() const noexcept {
    return static_cast<std::size_t>(std::max<std::uint64_t>(1, (blob_size_ + part_size_ - 1) / part_size_));
  }

  // Parts are counted from 0 here, and from 1 by S3.
  Range part(std::size_t index) const noexcept {
    const auto first = index * part_size_;
    return {first, std::min(part_size_, blob_size_ - first)};
  }
  std::size_t index_at(std::uint64_t offset) const noexcept { return static_cast<std::size_t>(offset / part_size_); }

 private:
  PartPlan(std::uint64_t blob_size, std::uint64_t part_size) : blob_size_(blob_size), part_size_(part_size) {}
  std::uint64_t blob_size_;
  std::uint64_t part_size_;
};

}  // namespace regtool
