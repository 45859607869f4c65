#pragma once
// Repeats an operation as the retry policy says.

#include <regtool/context.hpp>

#include "engine/retry_policy.hpp"

#include <algorithm>

namespace regtool {

// Counts failures without progress and waits between tries. Used by one thread at a time.
class Retrier {
 public:
  Retrier(const Context& ctx, const TransferSettings& settings)
      : ctx_(ctx), settings_(settings), since_(ctx.clock.now()) {}

  // How many bytes were moved until now, for good or not: if there are more than at the last call, the time since then
  // was not lost.
  void moved(std::uint64_t in_all) noexcept {
    if (in_all > moved_) since_ = ctx_.clock.now();
    moved_ = in_all;
  }

  // Bytes were moved for good: earlier failures do not count any more either.
  void progress() noexcept {
    failures_ = 0;
    since_ = ctx_.clock.now();
  }

  // So many bytes are there for good: that is progress if there have never been as many. A peer that forgets what it
  // has got would otherwise be sent the same for ever.
  void reached(std::uint64_t bytes) noexcept {
    if (bytes > reached_) progress();
    reached_ = std::max(reached_, bytes);
  }

  // Waits for the next try. The error comes back when there is to be none; Errc::cancelled when stopped while waiting.
  Result<> failed(Error error);

 private:
  const Context& ctx_;
  const TransferSettings& settings_;
  std::chrono::steady_clock::time_point since_;
  std::uint64_t moved_ = 0;
  std::uint64_t reached_ = 0;
  unsigned failures_ = 0;
};

// Calls `operation`, which returns a Result, until it succeeds or is given up.
template <class Operation>
auto with_retries(Retrier& retrier, Operation operation) -> decltype(operation()) {
  while (true) {
    auto result = operation();
    if (result) return result;
    REGTOOL_TRY(retrier.failed(std::move(result).error()));
  }
}

template <class Operation>
auto with_retries(const Context& ctx, const TransferSettings& settings, Operation operation) -> decltype(operation()) {
  Retrier retrier(ctx, settings);
  return with_retries(retrier, std::move(operation));
}

}  // namespace regtool
