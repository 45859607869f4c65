#include "engine/part_senders.hpp"

#include "base/wait_until.hpp"

namespace regtool {

void PartSenders::begin(RedirectedPart part) {
  ++count_;
  threads_.emplace_back([this, part = std::move(part)] {
    auto outcome = send_(ctx_, part);
    const std::lock_guard lock(mutex_);
    ended_.push_back({part.range, std::move(outcome)});
    changed_.notify_one();
  });
}

PartSenders::Ended PartSenders::take() {
  std::unique_lock lock(mutex_);
  wait_until(changed_, lock, {}, [this] { return !ended_.empty(); });
  auto ended = std::move(ended_.back());
  ended_.pop_back();
  --count_;
  return ended;
}

bool PartSenders::has_ended() const {
  const std::lock_guard lock(mutex_);
  return !ended_.empty();
}

}  // namespace regtool
