#include "s3_refs.hpp"

#include "name_keys.hpp"

#include <algorithm>
#include <tuple>

namespace regtool {
namespace {

constexpr std::size_t max_manifest = 4 << 20;

class S3Refs final : public Refs {
 public:
  S3Refs(std::shared_ptr<S3Client> client, const StoreKeys& keys)
      : client_(std::move(client)), root_(keys.manifests()) {}

  Result<std::optional<std::string>> resolve(const Context& ctx, const Reference& name) noexcept override {
    REGTOOL_TRY_ASSIGN(auto text, objects_.get(ctx, keys_.exact(name), max_manifest));
    if (!text) {
      REGTOOL_TRY_ASSIGN(const auto key, keys_.find(ctx, name));
      if (!key) return std::nullopt;
      REGTOOL_TRY_ASSIGN(text, objects_.get(ctx, *key, max_manifest));
    }
    if (!text) return std::nullopt;
    return std::move(text->bytes);
  }

  // One PUT is atomic and durable, and the service has verified its bytes: of two at once, one comes last.
  Result<> link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept override {
    REGTOOL_TRY_ASSIGN(auto key, this->key(ctx, name));
    if (!key) {
      REGTOOL_TRY_ASSIGN(key, keys_.place_for(ctx, name));
    }
    REGTOOL_TRY(objects_.put(ctx, *key, std::string(manifest)));
    return {};
  }

  Result<bool> unlink(const Context& ctx, const Reference& name) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto key, this->key(ctx, name));
    if (!key) return false;
    REGTOOL_TRY(objects_.remove(ctx, *key));
    return true;
  }

  Result<std::vector<RefInfo>> list(const Context& ctx) noexcept override {
    std::vector<RefInfo> names;
    REGTOOL_TRY(objects_.list(ctx, root_, "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) {
        if (auto name = keys_.name_in(object.key)) names.push_back({std::move(*name), object.modified});
      }
      return {};
    }));
    const auto order = [](const RefInfo& info) {
      return std::tie(info.name.host(), info.name.repository(), info.name.tag());
    };
    std::ranges::sort(names, [&](const auto& a, const auto& b) { return order(a) < order(b); });
    return names;
  }

 private:
  // Of a name that is there, in the very spelling or another; nothing when it is not.
  Result<std::optional<std::string>> key(const Context& ctx, const Reference& name) const {
    auto exact = keys_.exact(name);
    REGTOOL_TRY_ASSIGN(const auto facts, objects_.head(ctx, exact));
    if (facts) return exact;
    return keys_.find(ctx, name);
  }

  const std::shared_ptr<S3Client> client_;
  const std::string root_;
  const S3Objects objects_{*client_};
  const NameKeys keys_{objects_, root_};
};

}  // namespace

std::unique_ptr<Refs> make_s3_refs(std::shared_ptr<S3Client> client, const StoreKeys& keys) {
  return std::make_unique<S3Refs>(std::move(client), keys);
}

}  // namespace regtool
