#pragma once
// What tests expect digests to be, computed apart from the plugin that is under test.

#include <regtool/digest.hpp>

#include <string>
#include <string_view>

namespace regtool {

Digest digest_of(std::string_view bytes);
Descriptor descriptor_of(std::string_view bytes);

// The 16 binary bytes.
std::string md5_of(std::string_view bytes);

}  // namespace regtool
