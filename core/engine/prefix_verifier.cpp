#include "engine/prefix_verifier.hpp"

#include "base/wait_until.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::uint64_t buffer_size = 1 << 20;

}  // namespace

void PrefixVerifier::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void PrefixVerifier::grown(std::uint64_t prefix) {
  {
    const std::lock_guard lock(mutex_);
    if (prefix <= prefix_) return;
    prefix_ = prefix;
  }
  changed_.notify_all();
}

void PrefixVerifier::await(std::uint64_t bytes, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  wait_until(changed_, lock, stop, [&] { return hashed_ >= bytes || !outcome_; });
}

std::uint64_t PrefixVerifier::hashed() const {
  const std::lock_guard lock(mutex_);
  return hashed_;
}

std::optional<HashState> PrefixVerifier::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Result<> PrefixVerifier::health() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void PrefixVerifier::run(const std::stop_token& stop) {
  while (true) {
    std::uint64_t prefix = 0;
    {
      std::unique_lock lock(mutex_);
      if (hashed_ == size_ || !wait_until(changed_, lock, stop, [&] { return prefix_ > hashed_; })) return;
      // wait() is content with a prefix to hash, stopped or not.
      if (stop.stop_requested()) return;
      prefix = prefix_;
    }
    auto done = hash_up_to(prefix, stop);
    if (done) continue;
    {
      const std::lock_guard lock(mutex_);
      outcome_ = std::move(done);
    }
    changed_.notify_all();
    return;
  }
}

Result<> PrefixVerifier::hash_up_to(std::uint64_t prefix, const std::stop_token& stop) {
  auto at = hashed();
  // Once for all calls, and not zeroed.
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(std::min(buffer_size, size_));
  const auto stations = staged_.facts().hash_states_every;
  const auto to_station = [&] { return stations == 0 ? buffer_size : stations - at % stations; };
  while (at < prefix && !stop.stop_requested()) {
    const std::span wanted(buffer_.get(), std::min({buffer_size, prefix - at, to_station()}));
    REGTOOL_TRY_ASSIGN(const auto count, staged_.read_at(at, wanted));
    if (count == 0) return fail(Errc::corrupt, "bytes that were written are gone");
    verification_.update(wanted.first(count));
    at += count;
    {
      const std::lock_guard lock(mutex_);
      hashed_ = at;
      if (stations != 0 && at % stations == 0) state_ = verification_.state();
    }
    changed_.notify_all();
  }
  return {};
}

Result<Verified> PrefixVerifier::finish(const std::stop_token& stop) {
  grown(size_);
  if (thread_.joinable()) {
    const std::stop_callback give_up(stop, [thread = thread_.get_stop_source()]() mutable { thread.request_stop(); });
    thread_.join();
  } else {
    outcome_ = hash_up_to(size_, stop);
  }
  REGTOOL_TRY(outcome_);
  if (hashed_ != size_) return fail(Errc::cancelled, "cancelled");
  return verification_.finish();
}

}  // namespace regtool
