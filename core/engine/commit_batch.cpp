#include "engine/commit_batch.hpp"

namespace regtool {
namespace {

constexpr std::size_t many = 64;

// Bytes. A larger blob does not wait.
constexpr std::uint64_t waits_up_to = 1 << 20;

}  // namespace

Result<> CommitBatch::add(const Context& ctx, Finished blob) {
  std::vector<Finished> batch;
  {
    const std::lock_guard lock(mutex_);
    const bool large = blob.proof.what().size > waits_up_to;
    waiting_.push_back(std::move(blob));
    if (large || waiting_.size() >= many) batch.swap(waiting_);
  }
  return publish(ctx, std::move(batch));
}

Result<> CommitBatch::flush(const Context& ctx) {
  std::vector<Finished> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(waiting_);
  }
  return publish(ctx, std::move(batch));
}

Result<> CommitBatch::publish(const Context& ctx, std::vector<Finished> batch) {
  return batch.empty() ? Result<>() : store_.commit(ctx, batch);
}

}  // namespace regtool
