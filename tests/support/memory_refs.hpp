#pragma once
// Names in memory: the twin of the real Refs.

#include <regtool/refs.hpp>

#include <atomic>
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

  // Every later change fails with Errc::forbidden.
  void make_read_only() noexcept { read_only_ = true; }

 private:
  struct Entry {
    Reference name;
    std::string manifest;
    std::chrono::system_clock::time_point modified;
  };

  std::atomic<bool> read_only_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // by the name in lower case
};

}  // namespace regtool
