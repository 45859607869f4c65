#pragma once
// Key files where they lie. One source file a platform.

#include <regtool/result.hpp>

#include "secret.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace regtool {

struct StoredKey {
  Secret text;
  bool others_can_read = false;
};

// Nothing where there is no such file. Errc::unauthenticated where it cannot be read, or is not a key file's size.
Result<std::optional<StoredKey>> read_key_file(const std::filesystem::path& path);

// The file beside a private key that holds its public half.
std::filesystem::path public_file_of(const std::filesystem::path& key);

// Writes both halves, the private one readable by its owner alone, in a folder of which the same is true if it is new.
// Errc::already_exists rather than replacing either.
Result<> write_new_key(const std::filesystem::path& path, std::string_view private_text, std::string_view public_line);

}  // namespace regtool
