#include "engine/retry.hpp"

#include <random>

namespace regtool {
namespace {

double random_fraction() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace

Result<> Retrier::failed(Error error) {
  ++failures_;
  const auto lasting = std::chrono::duration_cast<std::chrono::milliseconds>(ctx_.clock.now() - since_);
  const auto delay = next_try(settings_, error, {failures_, lasting}, random_fraction());
  if (!delay) return fail(std::move(error));
  ctx_.console.debug(error.message + "; trying again in " + std::to_string(delay->count()) + " ms");
  if (!ctx_.clock.sleep(*delay, ctx_.stop)) return fail(Errc::cancelled, "cancelled");
  return {};
}

}  // namespace regtool
