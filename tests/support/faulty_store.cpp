#include "faulty_store.hpp"

#include <string>

namespace regtool {
namespace {

class FaultyStaged final : public StagedObject {
 public:
  FaultyStaged(std::unique_ptr<StagedObject> inner, NthCallFails& plan) : inner_(std::move(inner)), plan_(plan) {}

  const StagedFacts& facts() const noexcept override { return inner_->facts(); }

  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept override {
    REGTOOL_TRY(plan_.step("write_at"));
    return inner_->write_at(offset, data);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    REGTOOL_TRY(plan_.step("read_at"));
    return inner_->read_at(offset, out);
  }

  Result<> checkpoint(const RangeSet& done, const std::optional<HashState>& hashed) noexcept override {
    REGTOOL_TRY(plan_.step("checkpoint"));
    return inner_->checkpoint(done, hashed);
  }

  void discard() noexcept override { inner_->discard(); }

  std::unique_ptr<StagedObject>& inner() noexcept { return inner_; }

 private:
  std::unique_ptr<StagedObject> inner_;
  NthCallFails& plan_;
};

class FaultyBlob final : public Blob {
 public:
  FaultyBlob(std::unique_ptr<Blob> inner, NthCallFails& plan) : inner_(std::move(inner)), plan_(plan) {}

  std::uint64_t size() const noexcept override { return inner_->size(); }
  std::optional<FileRegion> file() const noexcept override { return inner_->file(); }
  bool trusted() const noexcept override { return inner_->trusted(); }
  void trust(const Verified& proof) noexcept override { inner_->trust(proof); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    REGTOOL_TRY(plan_.step("read_at"));
    return inner_->read_at(offset, out);
  }

 private:
  const std::unique_ptr<Blob> inner_;
  NthCallFails& plan_;
};

}  // namespace

Result<> NthCallFails::step(std::string_view call) {
  if (++calls_ != nth_) return {};
  return fail(code_, "injected failure of " + std::string(call));
}

Result<std::unique_ptr<Blob>> FaultyStore::open(const Context& ctx, const Digest& digest) noexcept {
  REGTOOL_TRY(plan_.step("open"));
  REGTOOL_TRY_ASSIGN(auto blob, inner_.open(ctx, digest));
  if (!blob) return nullptr;
  return std::make_unique<FaultyBlob>(std::move(blob), plan_);
}

Result<std::unique_ptr<StagedObject>> FaultyStore::stage(const Context& ctx, const Descriptor& what) noexcept {
  REGTOOL_TRY(plan_.step("stage"));
  REGTOOL_TRY_ASSIGN(auto staged, inner_.stage(ctx, what));
  return std::make_unique<FaultyStaged>(std::move(staged), plan_);
}

Result<> FaultyStore::commit(const Context& ctx, std::span<Finished> blobs) noexcept {
  REGTOOL_TRY(plan_.step("commit"));
  for (const auto& blob : blobs) {
    if (dynamic_cast<FaultyStaged*>(blob.staged.get()) == nullptr) {
      return fail(Errc::invalid_argument, "a staged blob of another store");
    }
  }
  std::vector<Finished> bare;
  for (auto& blob : blobs) bare.push_back({std::move(static_cast<FaultyStaged&>(*blob.staged).inner()), blob.proof});
  auto result = inner_.commit(ctx, bare);
  for (std::size_t i = 0; i < bare.size(); ++i) {
    auto& inner = static_cast<FaultyStaged&>(*blobs[i].staged).inner();
    inner = std::move(bare[i].staged);
    if (!inner) blobs[i].staged.reset();
  }
  return result;
}

Result<bool> FaultyStore::remove(const Context& ctx, const Digest& digest) noexcept {
  REGTOOL_TRY(plan_.step("remove"));
  return inner_.remove(ctx, digest);
}

Result<std::vector<BlobInfo>> FaultyStore::list(const Context& ctx) noexcept {
  REGTOOL_TRY(plan_.step("list"));
  return inner_.list(ctx);
}

Result<std::optional<std::string>> FaultyRefs::resolve(const Context& ctx, const Reference& name) noexcept {
  REGTOOL_TRY(plan_.step("resolve"));
  return inner_.resolve(ctx, name);
}

Result<> FaultyRefs::link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept {
  REGTOOL_TRY(plan_.step("link"));
  return inner_.link(ctx, name, manifest);
}

Result<bool> FaultyRefs::unlink(const Context& ctx, const Reference& name) noexcept {
  REGTOOL_TRY(plan_.step("unlink"));
  return inner_.unlink(ctx, name);
}

Result<std::vector<RefInfo>> FaultyRefs::list(const Context& ctx) noexcept {
  REGTOOL_TRY(plan_.step("list"));
  return inner_.list(ctx);
}

}  // namespace regtool
