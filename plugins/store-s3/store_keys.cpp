#include "store_keys.hpp"

namespace regtool {

StoreKeys::StoreKeys(std::string prefix) : prefix_(std::move(prefix)) {
  prefix_.erase(0, prefix_.find_first_not_of('/'));
  if (!prefix_.empty() && !prefix_.ends_with('/')) prefix_ += '/';
}

// Only in the spelling that we write: another one is another program's.
std::optional<Digest> StoreKeys::digest_after(std::string_view prefix, std::string_view key) {
  if (!key.starts_with(prefix)) return std::nullopt;
  const auto hex = key.substr(prefix.size());
  auto digest = Digest::parse("sha256:" + std::string(hex));
  if (!digest || digest->hex() != hex) return std::nullopt;
  return std::move(*digest);
}

}  // namespace regtool
