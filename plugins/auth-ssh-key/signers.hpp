#pragma once
// The two kinds of signers.

#include "signer.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace regtool {

// A key file, read once. Asks for the passphrase of an encrypted one where `passphrase` is empty. Null where there is
// no such file; Errc::unauthenticated where it is of no use.
Result<std::unique_ptr<Signer>> open_key_file(const Context& ctx, const std::filesystem::path& path,
                                              const std::string& passphrase);

// An Ed25519 key that the agent at `socket` holds: `wanted`, where given, else the first. Null where it has none such.
Result<std::unique_ptr<Signer>> open_agent(const Context& ctx, const std::string& socket,
                                           const std::optional<PublicKey>& wanted);

}  // namespace regtool
