#pragma once
// Answers that several parts of a fake registry give.

#include "http_handler.hpp"
#include "registry_content.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// {"errors":[{"code","message"}]}, as the OCI distribution specification has it.
HttpReply registry_error(int status, std::string_view code, std::string_view message);

// The part of `bytes` that the request's Range asks for: 200, 206 or 416. All of it where ranges are not honoured.
HttpReply ranged_reply(const HttpRequest& request, const SharedBytes& bytes, bool honours_ranges);

// "<first>-<last>", as in PATCH's Content-Range.
std::optional<Range> parse_inclusive(std::string_view text);

}  // namespace regtool
