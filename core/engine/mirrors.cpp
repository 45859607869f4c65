#include "engine/mirrors.hpp"

#include <algorithm>

namespace regtool {

RegistryAccess mirror_access(const RegistryAccess& registry, const std::string& origin) {
  RegistryAccess mirror;
  mirror.origin = origin;
  mirror.plain_http_allowed = origin.starts_with("http://");
  mirror.transport = registry.transport;
  return mirror;
}

TransferSettings mirror_settings(TransferSettings settings) {
  settings.tries = std::min(settings.tries, 2u);
  return settings;
}

bool is_the_sources_fault(const Error& error) {
  switch (error.code) {
    case Errc::cancelled:
    case Errc::no_space:
    case Errc::io:
    case Errc::internal:
      return false;
    default:
      return true;
  }
}

}  // namespace regtool
