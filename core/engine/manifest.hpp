#pragma once
// Image manifests: OCI image specification "Image Manifest", Docker's "Image Manifest Version 2, Schema 2", and the
// layer types that Ollama uses with both.

#include <regtool/digest.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// One entry of a manifest: the config, or a layer.
struct Layer {
  std::string media_type;
  Descriptor blob;
  std::string name;  // path of a tensor or config file; often empty
  std::string from;  // the model that it was taken from; often empty

  // The last part of an Ollama media type ("model", "template"), "config", or the name if it has one: for people.
  std::string label() const;
};

// Parsed and checked. The bytes it was made from are what is stored, pushed and hashed; they are never written anew.
class Manifest {
 public:
  static constexpr std::size_t max_size = 4 << 20;  // bytes

  // `content_type` is what the server said, if anything: a specific one must not contradict the body. Errc::protocol
  // says what is wrong: not JSON, an index, schema 1, a missing, negative or huge size, one digest with two sizes, …
  static Result<Manifest> parse(std::string bytes, std::string_view content_type = {});

  const std::string& bytes() const noexcept { return bytes_; }

  // What it says of itself, or what its shape tells.
  const std::string& media_type() const noexcept { return media_type_; }

  const Layer& config() const noexcept { return config_; }
  const std::vector<Layer>& layers() const noexcept { return layers_; }

  // Each blob once, the largest first: a long transfer that starts last would finish last.
  std::vector<Layer> distinct_blobs() const;

  // Bytes of all distinct blobs.
  std::uint64_t total_size() const;

 private:
  std::string bytes_, media_type_;
  Layer config_{{}, {*Digest::parse(empty_digest), 0}, {}, {}};
  std::vector<Layer> layers_;
  static constexpr std::string_view empty_digest =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
};

}  // namespace regtool
