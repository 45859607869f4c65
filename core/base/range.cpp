#include <regtool/range.hpp>

#include <algorithm>
#include <iterator>

namespace regtool {

void RangeSet::add(Range range) {
  if (range.empty()) return;
  auto first = range.first;
  auto end = range.end();
  // The first range that touches or follows the new one: the one before it may reach into it.
  auto at = ends_.lower_bound(first);
  if (at != ends_.begin() && std::prev(at)->second >= first) --at;
  while (at != ends_.end() && at->first <= end) {
    first = std::min(first, at->first);
    end = std::max(end, at->second);
    count_ -= at->second - at->first;
    at = ends_.erase(at);
  }
  ends_.emplace_hint(at, first, end);
  count_ += end - first;
}

void RangeSet::remove(Range range) {
  if (range.empty()) return;
  auto at = ends_.lower_bound(range.first);
  if (at != ends_.begin() && std::prev(at)->second > range.first) --at;
  while (at != ends_.end() && at->first < range.end()) {
    const auto [first, end] = *at;
    at = ends_.erase(at);
    count_ -= end - first;
    if (first < range.first) {
      ends_.emplace_hint(at, first, range.first);
      count_ += range.first - first;
    }
    if (end > range.end()) {
      at = ends_.emplace_hint(at, range.end(), end);
      count_ += end - range.end();
    }
  }
}

bool RangeSet::contains(Range range) const noexcept {
  if (range.empty()) return true;
  auto at = ends_.upper_bound(range.first);
  if (at == ends_.begin()) return false;
  return std::prev(at)->second >= range.end();
}

std::uint64_t RangeSet::prefix() const noexcept {
  return ends_.empty() || ends_.begin()->first != 0 ? 0 : ends_.begin()->second;
}

Range RangeSet::first_gap(std::uint64_t from, std::uint64_t size) const noexcept {
  auto at = ends_.upper_bound(from);
  if (at != ends_.begin()) from = std::max(from, std::prev(at)->second);
  if (from >= size) return {};
  const auto end = at == ends_.end() ? size : std::min(size, at->first);
  return {from, end - from};
}

std::vector<Range> RangeSet::ranges() const {
  std::vector<Range> all;
  all.reserve(ends_.size());
  for (const auto& [first, end] : ends_) all.push_back({first, end - first});
  return all;
}

}  // namespace regtool
