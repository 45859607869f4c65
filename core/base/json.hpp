#pragma once
// JSON from foreign hands (RFC 8259): manifests, tokens, error bodies. The config has a reader of its own.

#include <regtool/result.hpp>

#include <rapidjson/document.h>
#include <string_view>

namespace regtool {

// Deep enough for every manifest; RapidJSON's own recursive functions are safe on what passed this.
inline constexpr unsigned max_json_depth = 64;

// One JSON text in UTF-8, and nothing after it. Errc::protocol, saying what is wrong at which byte, for anything else.
// Its size is the caller's to limit.
Result<rapidjson::Document> parse_json(std::string_view text);

// The member of `object` if `object` is one and has it, else null.
const rapidjson::Value* json_member(const rapidjson::Value& object, std::string_view name);

// The string member of that name; empty where there is none, or where it is of another type. Views into `object`.
std::string_view json_text(const rapidjson::Value& object, std::string_view name);

}  // namespace regtool
