#pragma once
// Bytes in memory as what archives are read from and written to.

#include <regtool/archive.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace regtool {

class MemoryInput final : public ByteInput {
 public:
  explicit MemoryInput(std::string bytes, bool skips = false) : bytes_(std::move(bytes)), skips_(skips) {}

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (at_ >= broken_at) return fail(Errc::unavailable, "the pipe broke");
    // Little at once, as a pipe gives it.
    const auto count = std::min({out.size(), bytes_.size() - at_, broken_at - at_, std::size_t{10'000}});
    std::memcpy(out.data(), bytes_.data() + at_, count);
    at_ += count;
    was_read += count;
    return count;
  }

  Result<std::uint64_t> skip(std::uint64_t count) noexcept override {
    if (!skips_) return 0;
    const auto passed = std::min<std::uint64_t>(count, bytes_.size() - at_);
    at_ += passed;
    return passed;
  }

  std::size_t broken_at = std::numeric_limits<std::size_t>::max();
  std::size_t was_read = 0;

 private:
  const std::string bytes_;
  const bool skips_;
  std::size_t at_ = 0;
};

class MemoryOutput final : public ByteOutput {
 public:
  Result<> write(std::span<const std::byte> data) noexcept override {
    if (bytes.size() + data.size() > capacity) return fail(Errc::no_space, "the disk is full");
    bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
    return {};
  }

  std::string bytes;
  std::size_t capacity = std::numeric_limits<std::size_t>::max();
};

}  // namespace regtool
