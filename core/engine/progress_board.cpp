#include "engine/progress_board.hpp"

#include <algorithm>

namespace regtool {

Transfer::Attempt::Attempt(Transfer& transfer) : transfer_(transfer) {
  const std::lock_guard lock(transfer_.mutex_);
  transfer_.attempts_.push_back(this);
}

Transfer::Attempt::~Attempt() {
  transfer_.moved_ += sent_;
  const std::lock_guard lock(transfer_.mutex_);
  std::erase(transfer_.attempts_, this);
}

TransferView Transfer::view() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t done = settled_;
  for (const auto* attempt : attempts_) done += attempt->sent_;
  const auto state = state_.load();
  if (state == TransferState::finished || state == TransferState::present) done = total_;
  shown_ = std::max(shown_, std::min(done, total_));
  return {label_, digest_, state, shown_, total_, resumed_};
}

Transfer& ProgressBoard::add(std::string label, const Descriptor& what) {
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = by_digest_.try_emplace(what.digest, nullptr);
  if (is_new) found->second = &transfers_.emplace_back(std::move(label), what);
  return *found->second;
}

void ProgressBoard::enter(std::string phase) {
  const std::lock_guard lock(mutex_);
  phase_ = std::move(phase);
}

std::string ProgressBoard::phase() const {
  const std::lock_guard lock(mutex_);
  return phase_;
}

std::vector<TransferView> ProgressBoard::view() const {
  const std::lock_guard lock(mutex_);
  std::vector<TransferView> views;
  views.reserve(transfers_.size());
  for (const auto& transfer : transfers_) views.push_back(transfer.view());
  return views;
}

}  // namespace regtool
