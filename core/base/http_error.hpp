#pragma once
// What a registry says when it refuses.

#include <regtool/context.hpp>
#include <regtool/error.hpp>
#include <regtool/transport.hpp>

#include <string>
#include <string_view>

namespace regtool {

// The kind of failure that a status which is not 2xx stands for.
Errc errc_of_status(int status) noexcept;

// The registry's own words out of an error body, fit for one line: {"errors":[{code, message, detail}]},
// {"error":"…"}, {"code","error"}, else the first line of plain text. Empty where there are none (HTML, say).
std::string words_of_error_body(std::string_view body);

// The error of a `response` whose status is not 2xx, with the registry's own words and its Retry-After. Reads at most
// 64 KiB of the body, for a few seconds. A digest that the registry refused (400, DIGEST_INVALID) is Errc::corrupt;
// otherwise the code is errc_of_status(). Errc::cancelled if that came first.
Error http_error(const Context& ctx, Response& response);

}  // namespace regtool
