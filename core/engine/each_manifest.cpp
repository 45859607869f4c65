#include "engine/each_manifest.hpp"

#include "engine/parallel.hpp"

namespace regtool {
namespace {

constexpr unsigned most_readers = 32;

Result<std::optional<Manifest>> read_manifest(const Context& ctx, const Toolkit& toolkit, const Reference& name) {
  REGTOOL_TRY_ASSIGN(auto bytes, toolkit.refs.resolve(ctx, name));
  if (!bytes) return std::nullopt;
  REGTOOL_TRY_ASSIGN(auto manifest, Manifest::parse(std::move(*bytes)));
  return manifest;
}

}  // namespace

Result<> for_each_manifest(const Context& ctx, const Toolkit& toolkit, std::span<const RefInfo> names,
                           const ManifestUse& use) {
  return parallel_for(ctx, names.size(), most_readers, [&](const Context& each, std::size_t i) -> Result<> {
    auto manifest = read_manifest(each, toolkit, names[i].name);
    if (!manifest && manifest.error().code == Errc::cancelled) return fail(std::move(manifest).error());
    return use(i, std::move(manifest));
  });
}

}  // namespace regtool
