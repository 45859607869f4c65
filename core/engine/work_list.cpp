#include "engine/work_list.hpp"

#include <algorithm>

namespace regtool {

std::optional<WorkList::Part> WorkList::take(std::uint64_t part_size, std::uint64_t limit) {
  auto gap = taken_.first_gap(0, std::min(size_, limit));
  if (gap.empty()) return std::nullopt;
  gap.length = std::min(gap.length, part_size);
  taken_.add(gap);
  const auto id = next_id_++;
  running_.emplace(id, Fetch{gap});
  return Part{id, gap};
}

std::vector<WorkList::Running> WorkList::running() const {
  std::vector<Running> all;
  all.reserve(running_.size());
  for (const auto& [id, fetch] : running_) {
    const auto open = fetch.left.length - fetch.claimed;
    all.push_back({id, open, std::min(open, fetch.expected)});
  }
  return all;
}

WorkList::Part WorkList::split(PartId id, std::uint64_t count) {
  auto& left = running_.at(id).left;
  left.length -= count;
  const Range range{left.end(), count};
  const auto new_id = next_id_++;
  running_.emplace(new_id, Fetch{range});
  return Part{new_id, range};
}

void WorkList::extend(PartId id) {
  auto& left = running_.at(id).left;
  const auto behind = taken_.first_gap(left.end(), size_);
  if (behind.empty() || behind.first != left.end()) return;
  taken_.add(behind);
  left.length += behind.length;
}

Range WorkList::left(PartId id) const {
  const auto found = running_.find(id);
  return found == running_.end() ? Range{} : found->second.left;
}

std::uint64_t WorkList::claim(PartId id, std::uint64_t count) {
  auto& fetch = running_.at(id);
  fetch.expected = 0;
  return fetch.claimed = std::min(count, fetch.left.length);
}

void WorkList::wrote(PartId id, std::uint64_t count) {
  auto& fetch = running_.at(id);
  done_.add({fetch.left.first, count});
  fetch.left.first += count;
  fetch.left.length -= count;
  fetch.claimed -= count;
}

void WorkList::release(PartId id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  taken_.remove(found->second.left);
  running_.erase(found);
}

}  // namespace regtool
