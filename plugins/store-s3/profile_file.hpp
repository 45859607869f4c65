#pragma once
// The file of profiles that AWS's own tools share: ~/.aws/credentials.

#include "credentials.hpp"

#include <filesystem>
#include <map>

namespace regtool {

// The keys of one section of an INI file, by lower-case name; nothing where there is no such section. Foreign bytes:
// lines of another form are passed over.
std::optional<std::map<std::string, std::string>> ini_section(std::string_view text, std::string_view name);

// `must_exist`: somebody has named the profile, so that it is an error if it is not there.
std::unique_ptr<CredentialSource> profile_credentials(std::filesystem::path file, std::string profile, bool must_exist);

}  // namespace regtool
