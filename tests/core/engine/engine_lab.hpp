#pragma once
// Everything that the engine stands on, in memory: a fake registry, a store, and a context whose time is fake.

#include "engine/pull.hpp"
#include "engine/push.hpp"
#include "fake_context.hpp"
#include "fake_registry.hpp"
#include "memory_refs.hpp"
#include "memory_store.hpp"
#include "memory_transport.hpp"
#include "test_verifier.hpp"

#include <string>
#include <vector>

namespace regtool {

// The config of every model that a lab makes.
inline constexpr const char* config_bytes = R"({"model_format":"gguf"})";

// `count` bytes that do not repeat soon, different for each seed.
std::string some_bytes(std::size_t count, unsigned seed = 1);

class EngineLab {
 public:
  static constexpr const char* origin = "https://registry.test";

  explicit EngineLab(FakeRegistryOptions options = {});

  // Has the registry, and the storage behind it, answer where they are looked for.
  void serve();

  // A model of these layers, known to the registry. Returns the manifest's bytes.
  std::string publish(const std::string& repository, const std::vector<std::string>& layers,
                      const std::string& tag = "latest");

  // A model of these layers, in the store under that name. Returns the manifest's bytes.
  std::string keep(const std::string& name, const std::vector<std::string>& layers);

  Result<PullReport> pull(const std::string& name, const PullOptions& options = {});
  Result<PushReport> push(const std::string& name, const PushOptions& options = {});

  // What `name` points to in the store; "" when it points to nothing.
  std::string stored(const std::string& name);

  // Adds a failure to the test unless the registry's "ns/model" is this, byte for byte.
  void expect_pushed(const std::string& manifest, const std::vector<std::string>& layers);

  // The store holds exactly these bytes.
  bool has(const std::string& bytes);

  Toolkit toolkit() { return {store, refs, *verifier, settings, board}; }

  FakeContext fake;
  FakeRegistry registry;
  MemoryTransport transport;
  MemoryStore store;
  MemoryRefs refs;
  std::unique_ptr<Verifier> verifier = make_test_verifier();
  TransferSettings settings;
  ProgressBoard board;
  RegistryAccess access;
};

}  // namespace regtool
