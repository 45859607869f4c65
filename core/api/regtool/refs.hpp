#pragma once
// Names that point to manifests. Apart from Store, because what makes a name atomic differs from what makes a blob so.

#include <regtool/context.hpp>
#include <regtool/reference.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

struct RefInfo {
  Reference name;
  std::chrono::system_clock::time_point modified{};
};

// Manifests by name, kept byte for byte. Names are compared without regard to case, but of several spellings
// the very one that is asked for is meant; the spelling that is there stays.
// Thread-safe, and safe alongside other processes.
class Refs {
 public:
  virtual ~Refs() = default;

  // The manifest's bytes, or nothing when the name is not there. A manifest of more than 4 MiB is Errc::corrupt.
  virtual Result<std::optional<std::string>> resolve(const Context& ctx, const Reference& name) noexcept = 0;

  // Makes `name` point to `manifest`: readers see the old bytes or the new ones, never a mixture. Durable on return.
  virtual Result<> link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept = 0;

  // True if the name was there.
  virtual Result<bool> unlink(const Context& ctx, const Reference& name) noexcept = 0;

  // Every name, in the order of host, repository and tag. Files that are no manifest of ours are passed over.
  virtual Result<std::vector<RefInfo>> list(const Context& ctx) noexcept = 0;
};

}  // namespace regtool
