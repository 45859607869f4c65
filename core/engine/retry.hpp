#pragma once
// Repeats an operation as the retry policy says.

#include <regtool/context.hpp>

#include "engine/retry_policy.hpp"

namespace regtool {

// Counts failures without progress and waits between tries. Used by one thread at a time.
class Retrier {
 public:
  Retrier(const Context& ctx, const TransferSettings& settings)
      : ctx_(ctx), settings_(settings), since_(ctx.clock.now()) {}

  // Bytes were moved: the time until now was not lost.
  void moved() noexcept { since_ = ctx_.clock.now(); }

  // Bytes were moved for good: earlier failures do not count any more either.
  void progress() noexcept {
    failures_ = 0;
    moved();
  }

  // Waits for the next try. The error comes back when there is to be none; Errc::cancelled when stopped while waiting.
  Result<> failed(Error error);

 private:
  const Context& ctx_;
  const TransferSettings& settings_;
  std::chrono::steady_clock::time_point since_;
  unsigned failures_ = 0;
};

// Calls `operation`, which returns a Result, until it succeeds or is given up.
template <class Operation>
auto with_retries(const Context& ctx, const TransferSettings& settings, Operation operation) -> decltype(operation()) {
  Retrier retrier(ctx, settings);
  while (true) {
    auto result = operation();
    if (result) return result;
    REGTOOL_TRY(retrier.failed(std::move(result).error()));
  }
}

}  // namespace regtool
