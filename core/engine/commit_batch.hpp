#pragma once
// Blobs that wait for each other to be made durable together: syncing a small file costs more than moving it.

#include <regtool/store.hpp>

#include <mutex>
#include <vector>

namespace regtool {

// Thread-safe. Each blob that waits keeps a file open.
class CommitBatch {
 public:
  explicit CommitBatch(Store& store) : store_(store) {}

  // Publishes it, with those that wait, if it is large or there are many; else it waits.
  Result<> add(const Context& ctx, Finished blob);

  // Publishes those that wait.
  Result<> flush(const Context& ctx);

 private:
  Result<> publish(const Context& ctx, std::vector<Finished> batch);

  Store& store_;
  std::mutex mutex_;
  std::vector<Finished> waiting_;
};

}  // namespace regtool
