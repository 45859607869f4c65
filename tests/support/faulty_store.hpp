#pragma once
// Decorators that let the n-th call fail, whichever it is: running an operation with n = 1, 2, 3, … until none fails
// any more shows that it survives a failure anywhere. Compare leveldb's fault-injecting Env.

#include <regtool/refs.hpp>
#include <regtool/store.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace regtool {

// Counts the calls of all the decorators that share it. Thread-safe.
class NthCallFails {
 public:
  // `nth` from 1; 0: none fails.
  explicit NthCallFails(std::uint64_t nth = 0, Errc code = Errc::io) : nth_(nth), code_(code) {}

  // The error, when this is the call that is to fail.
  Result<> step(std::string_view call);

  std::uint64_t calls() const noexcept { return calls_; }
  bool struck() const noexcept { return nth_ != 0 && calls_ >= nth_; }

 private:
  const std::uint64_t nth_;
  const Errc code_;
  std::atomic<std::uint64_t> calls_ = 0;
};

// Its staged objects fail too. Both arguments outlive it.
class FaultyStore final : public Store {
 public:
  FaultyStore(Store& inner, NthCallFails& plan) : inner_(inner), plan_(plan) {}

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override;
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override;
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override;

 private:
  Store& inner_;
  NthCallFails& plan_;
};

class FaultyRefs final : public Refs {
 public:
  FaultyRefs(Refs& inner, NthCallFails& plan) : inner_(inner), plan_(plan) {}

  Result<std::optional<std::string>> resolve(const Context& ctx, const Reference& name) noexcept override;
  Result<> link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept override;
  Result<bool> unlink(const Context& ctx, const Reference& name) noexcept override;
  Result<std::vector<RefInfo>> list(const Context& ctx) noexcept override;

 private:
  Refs& inner_;
  NthCallFails& plan_;
};

}  // namespace regtool
