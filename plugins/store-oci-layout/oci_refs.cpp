#include "oci_refs.hpp"

#include <regtool/encoding.hpp>

#include "layout_needs.hpp"

#include <algorithm>
#include <tuple>

namespace regtool {
namespace {

auto order(const Reference& name) { return std::tie(name.host(), name.repository(), name.tag()); }

class OciRefs final : public Refs {
 public:
  OciRefs(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs, Verifier& verifier)
      : index_(std::move(index)), blobs_(std::move(blobs)), verifier_(verifier) {}

  Result<std::optional<std::string>> resolve(const Context& ctx, const Reference& name) noexcept override {
    for (int i = 1;; ++i) {
      REGTOOL_TRY_ASSIGN(const auto index, index_->read());
      const auto* entry = index.find(name);
      if (entry == nullptr) return std::nullopt;
      const auto& digest = entry->blob->digest;
      REGTOOL_TRY_ASSIGN(auto bytes, read_manifest(ctx, *blobs_, digest));
      if (bytes) return checked(digest, std::move(*bytes));
      // Where the name moved after we had read the index, its old manifest may be gone.
      if (i == looks) return broken(digest, "is missing, or larger than 4 MiB");
    }
  }

  Result<> link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept override {
    REGTOOL_TRY_ASSIGN(auto digest, digest_of(verifier_, manifest));
    const Descriptor what{std::move(digest), manifest.size()};
    REGTOOL_TRY_ASSIGN(const auto lock, index_->lock(ctx));
    REGTOOL_TRY(keep(ctx, what, manifest));
    const auto type = media_type_of(manifest);
    return change(ctx, lock, name,
                  [&](const OciIndex& index, const Reference& spelt) { return index.with(spelt, what, type); });
  }

  Result<bool> unlink(const Context& ctx, const Reference& name) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto before, index_->read());
    if (before.find(name) == nullptr) return false;
    REGTOOL_TRY_ASSIGN(const auto lock, index_->lock(ctx));
    bool was_there = false;
    REGTOOL_TRY(change(ctx, lock, name, [&](const OciIndex& index, const Reference& spelt) {
      was_there = was_there || index.find(spelt) != nullptr;
      return index.without(spelt);
    }));
    return was_there;
  }

  Result<std::vector<RefInfo>> list(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto index, index_->read());
    std::vector<RefInfo> names;
    for (const auto& entry : index.entries()) {
      if (!entry.is_model() || index.find(*entry.name) != &entry) continue;
      const auto info = local::look_at(index_->folders().blob(entry.blob->digest)).value_or(std::nullopt);
      names.push_back({*entry.name, info ? local::modified(*info) : std::chrono::system_clock::time_point()});
    }
    std::sort(names.begin(), names.end(),
              [](const RefInfo& a, const RefInfo& b) { return order(a.name) < order(b.name); });
    return names;
  }

 private:
  static constexpr int looks = 10;

  Result<std::optional<std::string>> checked(const Digest& digest, std::string bytes) const {
    REGTOOL_TRY_ASSIGN(const auto found, digest_of(verifier_, bytes));
    if (found != digest) return broken(digest, "is damaged");
    return bytes;
  }

  tl::unexpected<Error> broken(const Digest& digest, const std::string& how) const {
    return fail(Errc::corrupt, "the manifest " + index_->folders().blob(digest).string() + " " + how);
  }

  // What `how` makes of the index and of the name as it is spelt there, if it is there. A manifest that nothing leads
  // to any more goes.
  template <class How>
  Result<> change(const Context& ctx, const LayoutIndex::Lock& lock, const Reference& name, How how) {
    std::optional<Digest> replaced;
    REGTOOL_TRY(index_->replace(lock, [&](const OciIndex& index) -> Result<OciIndex> {
      const auto* entry = index.find(name);
      if (entry == nullptr) return how(index, name);
      if (!replaced) replaced = entry->blob->digest;
      return how(index, *entry->name);
    }));
    if (!replaced) return {};
    REGTOOL_TRY_ASSIGN(const auto index, index_->read());
    REGTOOL_TRY_ASSIGN(const auto needed, needed_by_all(ctx, *blobs_, index));
    if (!needed.contains(*replaced)) REGTOOL_TRY(blobs_->remove(ctx, *replaced));
    return {};
  }

  Result<> keep(const Context& ctx, const Descriptor& what, std::string_view manifest) {
    REGTOOL_TRY_ASSIGN(const auto there, read_manifest(ctx, *blobs_, what.digest));
    if (there == manifest) return {};
    REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(verifier_, what));
    verification.update(as_bytes(manifest));
    REGTOOL_TRY_ASSIGN(auto proof, verification.finish());
    REGTOOL_TRY_ASSIGN(auto staged, blobs_->stage(ctx, what));
    REGTOOL_TRY(staged->write_at(0, as_bytes(manifest)));
    Finished finished[] = {{std::move(staged), std::move(proof)}};
    return blobs_->commit(ctx, finished);
  }

  const std::shared_ptr<LayoutIndex> index_;
  const std::shared_ptr<Store> blobs_;
  Verifier& verifier_;
};

}  // namespace

std::unique_ptr<Refs> make_oci_refs(std::shared_ptr<LayoutIndex> index, std::shared_ptr<Store> blobs,
                                    Verifier& verifier) {
  return std::make_unique<OciRefs>(std::move(index), std::move(blobs), verifier);
}

}  // namespace regtool
