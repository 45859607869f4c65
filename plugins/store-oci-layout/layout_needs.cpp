#include "layout_needs.hpp"

namespace regtool {
namespace {

constexpr std::size_t max_manifest = 4 << 20;

class Walk {
 public:
  Walk(const Context& ctx, Store& blobs) : ctx_(ctx), blobs_(blobs) {}

  // From a manifest or an index to what it leads to, each once. What cannot be read leads nowhere.
  Result<> follow(const Descriptor& from) {
    std::vector<Descriptor> waiting{from};
    while (!waiting.empty()) {
      const auto next = std::move(waiting.back());
      waiting.pop_back();
      found.insert(next.digest);
      if (!followed_.insert(next.digest).second) continue;
      REGTOOL_TRY_ASSIGN(const auto bytes, read_manifest(ctx_, blobs_, next.digest));
      if (!bytes) continue;
      const auto links = links_of(*bytes);
      for (const auto& blob : links.blobs) found.insert(blob.digest);
      waiting.insert(waiting.end(), links.manifests.begin(), links.manifests.end());
    }
    return {};
  }

  std::set<Digest> found;

 private:
  const Context& ctx_;
  Store& blobs_;
  std::set<Digest> followed_;
};

}  // namespace

Result<std::set<Digest>> needed_by_all(const Context& ctx, Store& blobs, const OciIndex& index) {
  Walk walk(ctx, blobs);
  for (const auto& entry : index.entries()) {
    if (entry.blob) REGTOOL_TRY(walk.follow(*entry.blob));
  }
  return std::move(walk.found);
}

Result<std::set<Digest>> needed_besides_models(const Context& ctx, Store& blobs, const OciIndex& index) {
  Walk walk(ctx, blobs);
  for (const auto& entry : index.entries()) {
    if (!entry.blob) continue;
    walk.found.insert(entry.blob->digest);
    // One of two models of the same name is out of sight.
    const bool shown = entry.is_model() && index.find(*entry.name) == &entry;
    if (!shown) REGTOOL_TRY(walk.follow(*entry.blob));
  }
  return std::move(walk.found);
}

Result<std::optional<std::string>> read_manifest(const Context& ctx, Store& blobs, const Digest& digest) {
  REGTOOL_TRY_ASSIGN(const auto blob, blobs.open(ctx, digest));
  if (!blob || blob->size() > max_manifest) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(blob->size()), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    REGTOOL_TRY_ASSIGN(const auto count, blob->read_at(at, std::as_writable_bytes(std::span(bytes)).subspan(at)));
    at += count;
  }
  return bytes;
}

}  // namespace regtool
