#include "engine/retry_policy.hpp"

#include <algorithm>

namespace regtool {

std::optional<std::chrono::milliseconds> next_try(const TransferSettings& settings, const Error& error,
                                                  const Failures& failures, double jitter) {
  if (!error.transient() || failures.count >= settings.tries) return std::nullopt;
  auto delay = settings.backoff_min;
  for (unsigned i = 1; i < failures.count && delay < settings.backoff_max; ++i) delay *= 2;
  delay = std::min(delay, settings.backoff_max);
  // Between a half and the whole of it.
  delay -= std::chrono::milliseconds(static_cast<long>(static_cast<double>(delay.count()) * jitter / 2));
  // Never sooner than the server asked; a little later does no harm.
  if (error.retry_after) delay = std::max(delay, *error.retry_after);
  if (failures.lasting + delay > settings.patience) return std::nullopt;
  return delay;
}

}  // namespace regtool
