#pragma once
// Where a registry's manifests and blobs may also be had.

#include "engine/registry_access.hpp"
#include "engine/transfer_settings.hpp"

namespace regtool {

// A mirror is reached like its registry, but is nobody whom the registry's credentials would concern.
RegistryAccess mirror_access(const RegistryAccess& registry, const std::string& origin);

// The registry itself is there to fall back on: a mirror is not asked as patiently.
TransferSettings mirror_settings(TransferSettings settings);

// Another source could do better.
bool is_the_sources_fault(const Error& error);

}  // namespace regtool
