#pragma once
// Models of realistic shape in an Ollama-style store, made without regtool.

#include <cstdint>
#include <filesystem>
#include <string>

namespace regtool::lab {

struct ModelShape {
  std::uint64_t weights = 1 << 20;       // bytes of the one weights blob; 0: none
  unsigned tensors = 0;                  // that many blobs of their own instead or as well
  std::uint64_t tensor_size = 64 << 10;  // bytes of each
  std::uint64_t seed = 1;                // other seeds make other bytes
  bool oci = false;                      // the manifest says that it is OCI's, instead of Docker's
};

// Where a model is in a store: "<host>/<namespace>/<model>/<tag>".
struct ModelName {
  std::string host = "registry.ollama.ai";
  std::string repository;  // "<namespace>/<model>"
  std::string tag = "latest";
};

struct MadeModel {
  std::filesystem::path manifest;
  std::string weights;      // hex digest of the weights blob; "" when there is none
  std::uint64_t bytes = 0;  // of all blobs
};

// Adds weights, tensors, template, system prompt, parameters, licence, config and manifest to the store at `root`.
MadeModel make_model(const std::filesystem::path& root, const ModelName& name, const ModelShape& shape);

}  // namespace regtool::lab
