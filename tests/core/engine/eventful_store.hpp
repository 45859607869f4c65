#pragma once

#include <regtool/store.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace regtool {

// Another process that does something at the moment at which a blob is removed.
class EventfulStore final : public Store {
 public:
  EventfulStore(Store& inner, std::function<void()> event) : inner_(inner), event_(std::move(event)) {}

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override {
    return inner_.open(ctx, digest);
  }
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override {
    return inner_.stage(ctx, what);
  }
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override { return inner_.commit(ctx, blobs); }
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override {
    std::call_once(once_, event_);
    return inner_.remove(ctx, digest);
  }
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override { return inner_.list(ctx); }

 private:
  Store& inner_;
  const std::function<void()> event_;
  std::once_flag once_;
};

}  // namespace regtool
