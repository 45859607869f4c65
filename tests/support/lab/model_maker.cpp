#include "model_maker.hpp"

#include "temp_dir.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <memory>
#include <openssl/evp.h>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace regtool::lab {
namespace {

constexpr std::string_view layer_type = "application/vnd.ollama.image.";
constexpr std::string_view config_type = "application/vnd.docker.container.image.v1+json";
constexpr std::string_view oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view manifest_type = "application/vnd.docker.distribution.manifest.v2+json";

constexpr std::string_view config_text =
    R"({"model_format":"gguf","model_family":"gemma","model_families":["gemma"],"model_type":"2B",)"
    R"("file_type":"Q4_0","architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})";
constexpr std::string_view template_text =
    "<start_of_turn>user\n{{ if .System }}{{ .System }} {{ end }}{{ .Prompt }}<end_of_turn>\n"
    "<start_of_turn>model\n{{ .Response }}<end_of_turn>\n";
constexpr std::string_view system_text = "You answer briefly and say so when you do not know.";
constexpr std::string_view params_text = R"({"penalize_newline":false,"stop":["<start_of_turn>","<end_of_turn>"]})";
constexpr std::string_view license_text = "Permission is granted to use these made-up weights for any purpose.\n";

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256");
  }
  void update(std::string_view data) { EVP_DigestUpdate(context_.get(), data.data(), data.size()); }
  std::string hex() {
    unsigned char hash[32];
    EVP_DigestFinal_ex(context_.get(), hash, nullptr);
    std::string result;
    for (const unsigned char byte : hash) result += fmt::format("{:02x}", byte);
    return result;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

// Bytes that do not compress, at memory speed (the SplitMix64 generator).
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U) {}

  void fill(std::vector<char>& out, std::size_t size) {
    out.resize((size + 7) / 8 * 8);
    for (std::size_t at = 0; at < out.size(); at += 8) {
      std::uint64_t word = (state_ += 0x9e3779b97f4a7c15U);
      word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
      word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
      word ^= word >> 31;
      std::memcpy(out.data() + at, &word, 8);
    }
    out.resize(size);
  }

 private:
  std::uint64_t state_;
};

class StoreWriter {
 public:
  explicit StoreWriter(const std::filesystem::path& root) : blobs_(root / "blobs") {
    std::filesystem::create_directories(blobs_);
  }

  // Adds a blob; returns its descriptor with `more` fields.
  std::string add(std::string_view type, std::string_view content, std::string_view more = "") {
    Sha256 hash;
    hash.update(content);
    const std::string hex = hash.hex();
    write_file(blob(hex), content);
    return describe(type, hex, content.size(), more);
  }

  // The same for `size` bytes of noise, without keeping them in memory. Leaves the digest in `hex`.
  std::string add_noise(std::string_view type, std::uint64_t size, std::uint64_t seed, std::string& hex,
                        std::string_view more = "") {
    constexpr std::uint64_t chunk = 1 << 20;
    const std::filesystem::path unfinished = blobs_ / "unfinished";
    std::ofstream out(unfinished, std::ios::binary);
    Sha256 hash;
    Noise noise(seed);
    std::vector<char> buffer;
    for (std::uint64_t left = size; left > 0; left -= buffer.size()) {
      noise.fill(buffer, std::min(left, chunk));
      hash.update({buffer.data(), buffer.size()});
      out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    }
    out.close();
    if (!out) throw std::runtime_error("cannot write " + unfinished.string());
    hex = hash.hex();
    std::filesystem::rename(unfinished, blob(hex));
    return describe(type, hex, size, more);
  }

  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  std::filesystem::path blob(const std::string& hex) const { return blobs_ / ("sha256-" + hex); }

  std::string describe(std::string_view type, const std::string& hex, std::uint64_t size, std::string_view more) {
    bytes_ += size;
    return fmt::format(R"({{"mediaType":"{}","digest":"sha256:{}","size":{}{}}})", type, hex, size, more);
  }

  std::filesystem::path blobs_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

MadeModel make_model(const std::filesystem::path& root, const ModelName& name, const ModelShape& shape) {
  StoreWriter store(root);
  MadeModel made;
  const auto layer = [](std::string_view kind) { return std::string(layer_type) + std::string(kind); };
  const std::string config = store.add(config_type, config_text);
  std::vector<std::string> layers;
  if (shape.weights > 0) layers.push_back(store.add_noise(layer("model"), shape.weights, shape.seed, made.weights));
  for (unsigned i = 0; i < shape.tensors; ++i) {
    std::string hex;
    layers.push_back(store.add_noise(layer("tensor"), shape.tensor_size, shape.seed + (std::uint64_t{i + 1} << 32), hex,
                                     fmt::format(R"(,"name":"blk.{}.weight")", i)));
  }
  layers.push_back(store.add(layer("template"), template_text));
  layers.push_back(store.add(layer("system"), system_text));
  layers.push_back(store.add(layer("params"), params_text));
  layers.push_back(store.add(layer("license"), license_text));

  made.bytes = store.bytes();
  made.manifest = root / "manifests" / name.host / name.repository / name.tag;
  write_file(made.manifest, fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})",
                                        shape.oci ? oci_manifest_type : manifest_type, config, fmt::join(layers, ",")));
  return made;
}

}  // namespace regtool::lab
