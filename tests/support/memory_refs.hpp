#pragma once
// Names in memory: the twin of the real Refs.

#include <regtool/refs.hpp>

#include <map>
#include <mutex>
#include <string>

namespace regtool {

class MemoryRefs final : public Refs {
 public:
  static constexpr std::size_t max_manifest = 4 << 20;

  Result<std::optional<std::string>> resolve(const Context& ctx, const Reference& name) noexcept override;
  Result<> link(const Context& ctx, const Reference& name, std::string_view manifest) noexcept override;
  Result<bool> unlink(const Context& ctx, const Reference& name) noexcept override;
  Result<std::vector<RefInfo>> list(const Context& ctx) noexcept override;

 private:
  struct Entry {
    Reference name;
    std::string manifest;
    std::chrono::system_clock::time_point modified;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by the name in lower case
};

}  // namespace regtool
