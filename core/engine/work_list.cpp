#include "engine/work_list.hpp"

#include <algorithm>

namespace regtool {

std::optional<WorkList::Part> WorkList::take(std::uint64_t part_size, std::uint64_t limit) {
  auto gap = taken_.first_gap(0, std::min(size_, limit));
  if (gap.empty()) return std::nullopt;
  gap.length = std::min(gap.length, part_size);
  taken_.add(gap);
  const auto id = next_id_++;
  running_.emplace(id, gap);
  return Part{id, gap};
}

std::optional<WorkList::Part> WorkList::split(std::uint64_t minimum) {
  const auto largest = std::max_element(running_.begin(), running_.end(),
                                        [](auto& a, auto& b) { return a.second.length < b.second.length; });
  if (largest == running_.end() || largest->second.length < 2 * minimum) return std::nullopt;
  auto& victim = largest->second;
  const auto half = victim.length / 2;
  const Range range{victim.end() - half, half};
  victim.length -= half;
  const auto id = next_id_++;
  running_.emplace(id, range);
  return Part{id, range};
}

void WorkList::extend(PartId id) {
  auto& range = running_.at(id);
  const auto behind = taken_.first_gap(range.end(), size_);
  if (behind.empty() || behind.first != range.end()) return;
  taken_.add(behind);
  range.length += behind.length;
}

Range WorkList::left(PartId id) const {
  const auto found = running_.find(id);
  return found == running_.end() ? Range{} : found->second;
}

void WorkList::wrote(PartId id, std::uint64_t count) {
  auto& range = running_.at(id);
  done_.add({range.first, count});
  range.first += count;
  range.length -= count;
}

void WorkList::release(PartId id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  taken_.remove(found->second);
  running_.erase(found);
}

}  // namespace regtool
