#include "engine/manifest.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  const auto manifest = Manifest::parse(std::string(input));
  if (!manifest) return require(manifest.error().message.find('\n') == std::string::npos);
  require(manifest->bytes() == input);
  require(manifest->distinct_blobs().size() <= manifest->layers().size() + 1);
  for (const auto& layer : manifest->layers()) require(layer.blob.digest.hex().size() == 64);
}
