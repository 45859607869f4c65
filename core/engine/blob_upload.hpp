#pragma once
// One blob on its way from the store into a repository.

#include "engine/manifest.hpp"
#include "engine/toolkit.hpp"
#include "engine/upload_session.hpp"

#include <string>

namespace regtool {

enum class UploadOutcome : std::uint8_t { sent, mounted };

// Sends the blob in the shape that the registry offers, repeats and resumes as the retry policy says. `mount_from` is a
// repository of the same registry that may have it, or empty. A registry that refuses the digest makes it hash the
// local blob: Errc::corrupt when that is damaged.
Result<UploadOutcome> upload_blob(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                  const Layer& layer, const Source& source, const std::string& mount_from,
                                  Transfer& transfer);

// How large the parts of a blob are: a sixteenth of it, but at least `smallest` (up to ten times as much), and at least
// what the registry asks for, if it does (else 0).
std::uint64_t upload_part_size(std::uint64_t blob_size, std::uint64_t smallest, std::uint64_t asked_for);

}  // namespace regtool
