#pragma once
// A published blob: one version of an object.

#include <regtool/store.hpp>

#include "object_reader.hpp"
#include "store_keys.hpp"

#include <mutex>

namespace regtool {

class S3Blob final : public Blob {
 public:
  // `objects` and `keys` outlive it, and so do the clock and the console of `ctx`.
  S3Blob(const Context& ctx, const S3Objects& objects, const StoreKeys& keys, const Digest& digest,
         const S3ObjectFacts& facts);

  std::uint64_t size() const noexcept override { return facts_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  bool trusted() const noexcept override;
  void trust(const Verified& proof) noexcept override;

 private:
  bool find_mark() const;

  const Context ctx_;
  const S3Objects& objects_;
  const StoreKeys& keys_;
  const Digest digest_;
  const S3ObjectFacts facts_;
  mutable ObjectReader reader_;
  mutable std::mutex mutex_;
  mutable std::optional<bool> trusted_;  // once it is known
};

}  // namespace regtool
