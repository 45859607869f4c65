#include "spool.hpp"

#include <algorithm>

namespace regtool {

std::uint64_t Spool::free() const noexcept {
  const auto taken = reserved_ + borrowed_;
  return bytes_ > taken ? bytes_ - taken : 0;
}

std::uint64_t Spool::window_for(std::uint64_t blob_size, std::uint64_t part_size) const noexcept {
  if (blob_size <= part_size) return part_size;
  const auto unreserved = bytes_ > reserved_ ? bytes_ - reserved_ : 0;
  const auto parts = std::max<std::uint64_t>(1, unreserved / 2 / part_size);
  return std::min(parts * part_size, (blob_size + part_size - 1) / part_size * part_size);
}

void Spool::unreserve(std::uint64_t bytes) noexcept {
  reserved_ -= bytes;
  changed_.notify_all();
}

bool Spool::try_borrow(std::uint64_t bytes) noexcept {
  if (bytes > free()) return false;
  borrowed_ += bytes;
  return true;
}

void Spool::give_back(std::uint64_t bytes) noexcept {
  borrowed_ -= bytes;
  changed_.notify_all();
}

}  // namespace regtool
