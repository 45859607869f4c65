#include "memory_refs.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <tuple>

namespace regtool {
namespace {

std::string key(const Reference& name) { return to_lower(name.host() + "/" + name.repository() + ":" + name.tag()); }

// As found on a disk: a name there pins no digest and has no scheme.
Reference plain(const Reference& name) {
  return Reference::from_parts(name.host(), name.repository(), name.tag()).value();
}

}  // namespace

Result<std::optional<std::string>> MemoryRefs::resolve(const Context&, const Reference& name) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key(name));
  if (found == entries_.end()) return std::nullopt;
  if (found->second.manifest.size() > max_manifest) {
    return fail(Errc::corrupt, "the manifest of " + name.display() + " has more than 4 MiB");
  }
  return found->second.manifest;
}

Result<> MemoryRefs::link(const Context&, const Reference& name, std::string_view manifest) noexcept {
  if (read_only_) return fail(Errc::forbidden, "the names in memory are read-only");
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = entries_.try_emplace(key(name), Entry{plain(name), {}, {}});
  at->second.manifest = manifest;
  at->second.modified = std::chrono::system_clock::now();
  return {};
}

Result<bool> MemoryRefs::unlink(const Context&, const Reference& name) noexcept {
  if (read_only_) return fail(Errc::forbidden, "the names in memory are read-only");
  const std::lock_guard lock(mutex_);
  return entries_.erase(key(name)) > 0;
}

Result<std::vector<RefInfo>> MemoryRefs::list(const Context&) noexcept {
  const std::lock_guard lock(mutex_);
  std::vector<RefInfo> all;
  for (const auto& [name, entry] : entries_) all.push_back({entry.name, entry.modified});
  const auto order = [](const RefInfo& info) {
    return std::tie(info.name.host(), info.name.repository(), info.name.tag());
  };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return all;
}

}  // namespace regtool
