#pragma once
// What every staged blob of this store is.

#include <regtool/store.hpp>

#include "after_stop.hpp"
#include "spool.hpp"
#include "unfinished_uploads.hpp"
#include "upload_pool.hpp"

namespace regtool {

// What they share. Outlives them.
struct Staging {
  const UnfinishedUploads& unfinished;
  Spool& spool;
  UploadPool& pool;
  AfterStop& after_stop;
};

class StagedBlob : public StagedObject {
 public:
  // `owner` is whoever made it: only that may publish it.
  StagedBlob(const void* owner, Descriptor what) : owner_(owner), what_(std::move(what)) {}

  const void* owner() const noexcept { return owner_; }
  const Descriptor& what() const noexcept { return what_; }

  // Every byte was proven: lets readers find it. On failure it is as it was before.
  virtual Result<> publish(const Context& ctx) = 0;

  // publish() does not wait for what the pool has to do.
  virtual bool publishes_at_once() const noexcept = 0;

 private:
  const void* const owner_;
  const Descriptor what_;
};

}  // namespace regtool
