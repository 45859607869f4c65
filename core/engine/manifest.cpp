#include "engine/manifest.hpp"

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "base/printable.hpp"

#include <algorithm>
#include <map>

namespace regtool {
namespace {

constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";

// Larger than any disk; small enough that sums of them do not overflow.
constexpr std::uint64_t max_blob_size = std::uint64_t{1} << 46;
constexpr std::uint64_t max_total_size = std::uint64_t{1} << 50;

tl::unexpected<Error> refuse(std::string why) { return fail(Errc::protocol, "manifest: " + std::move(why)); }

Result<Layer> parse_layer(const rapidjson::Value& value, const std::string& where) {
  if (!value.IsObject()) return refuse(where + " is not an object");
  auto digest = Digest::parse(json_text(value, "digest"));
  if (!digest) return refuse(where + ": " + digest.error().message);
  const auto* size = json_member(value, "size");
  if (size == nullptr) return refuse(where + " has no size");
  if (!size->IsUint64()) return refuse(where + ": its size is not a whole number of bytes");
  if (size->GetUint64() > max_blob_size) return refuse(where + ": its size is beyond reason");
  return Layer{std::string(json_text(value, "mediaType")),
               {std::move(*digest), size->GetUint64()},
               std::string(json_text(value, "name")),
               std::string(json_text(value, "from"))};
}

Result<> check_shape(const rapidjson::Value& root) {
  if (!root.IsObject()) return refuse("not a JSON object");
  const auto* version = json_member(root, "schemaVersion");
  if (version == nullptr || !version->IsInt()) return refuse("no schemaVersion");
  if (version->GetInt() != 2)
    return refuse("schema " + std::to_string(version->GetInt()) + " is not supported, only 2");
  const bool has_layers = json_member(root, "layers") != nullptr;
  const bool has_manifests = json_member(root, "manifests") != nullptr;
  if (has_layers && has_manifests) return refuse("both an image and an index");
  if (has_manifests) return refuse("an index of several images, not a model");
  if (!has_layers || !json_member(root, "layers")->IsArray()) return refuse("no list of layers");
  if (json_member(root, "config") == nullptr) return refuse("no config");
  return {};
}

// "text/plain" and the like say nothing; a type of Docker's or OCI's own does.
bool is_specific(std::string_view type) {
  return type.starts_with("application/vnd.docker.") || type.starts_with("application/vnd.oci.");
}

Result<std::string> choose_media_type(std::string_view in_body, std::string_view content_type) {
  const auto said = trim(content_type.substr(0, content_type.find(';')));
  const auto known = [](std::string_view type) { return type == docker_manifest || type == oci_manifest; };
  if (!in_body.empty() && !known(in_body)) {
    return refuse("mediaType " + printable(in_body, 100) + " is not that of an image");
  }
  if (!is_specific(said)) return std::string(in_body.empty() ? oci_manifest : in_body);
  if (!known(said) || (!in_body.empty() && in_body != said)) {
    return refuse("its Content-Type " + printable(said, 100) + " contradicts its content");
  }
  return std::string(said);
}

Result<> check_sizes(const std::vector<const Layer*>& all) {
  std::map<Digest, std::uint64_t> sizes;
  std::uint64_t total = 0;
  for (const auto* layer : all) {
    const auto [known, added] = sizes.emplace(layer->blob.digest, layer->blob.size);
    if (known->second != layer->blob.size) return refuse(layer->blob.digest.text() + " has two sizes");
    if (added) total += layer->blob.size;
    if (total > max_total_size) return refuse("its total size is beyond reason");
  }
  return {};
}

}  // namespace

std::string Layer::label() const {
  if (!name.empty()) return name;
  constexpr std::string_view ollama = "application/vnd.ollama.image.";
  if (media_type.starts_with(ollama)) return media_type.substr(ollama.size());
  if (media_type.find(".config.") != std::string::npos || media_type.find("container.image") != std::string::npos) {
    return "config";
  }
  return "layer";
}

Result<Manifest> Manifest::parse(std::string bytes, std::string_view content_type) {
  if (bytes.size() > max_size) return refuse("larger than 4 MiB");
  if (bytes.empty()) return refuse("empty");
  REGTOOL_TRY_ASSIGN(const auto document,
                     parse_json(bytes).map_error([](Error error) { return std::move(error).in("manifest"); }));
  REGTOOL_TRY(check_shape(document));
  Manifest manifest;
  REGTOOL_TRY_ASSIGN(manifest.media_type_, choose_media_type(json_text(document, "mediaType"), content_type));
  REGTOOL_TRY_ASSIGN(manifest.config_, parse_layer(*json_member(document, "config"), "config"));
  std::vector<const Layer*> all{&manifest.config_};
  const auto layers = json_member(document, "layers")->GetArray();
  manifest.layers_.reserve(layers.Size());
  for (rapidjson::SizeType i = 0; i < layers.Size(); ++i) {
    REGTOOL_TRY_ASSIGN(auto layer, parse_layer(layers[i], "layer " + std::to_string(i)));
    all.push_back(&manifest.layers_.emplace_back(std::move(layer)));
  }
  REGTOOL_TRY(check_sizes(all));
  manifest.bytes_ = std::move(bytes);
  return manifest;
}

std::vector<Layer> Manifest::distinct_blobs() const {
  std::vector<Layer> blobs = layers_;
  blobs.push_back(config_);
  // Stable, so that a blob that occurs twice keeps the label of its first use.
  std::stable_sort(blobs.begin(), blobs.end(),
                   [](const Layer& a, const Layer& b) { return a.blob.digest < b.blob.digest; });
  const auto same = [](const Layer& a, const Layer& b) { return a.blob.digest == b.blob.digest; };
  blobs.erase(std::unique(blobs.begin(), blobs.end(), same), blobs.end());
  std::stable_sort(blobs.begin(), blobs.end(),
                   [](const Layer& a, const Layer& b) { return a.blob.size > b.blob.size; });
  return blobs;
}

std::uint64_t Manifest::total_size() const {
  std::uint64_t total = 0;
  for (const auto& layer : distinct_blobs()) total += layer.blob.size;
  return total;
}

}  // namespace regtool
