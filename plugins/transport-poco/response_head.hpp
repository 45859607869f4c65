#pragma once
// The head of an answer (RFC 9112, sections 4 and 5), bounded: whoever sends it is not trusted.

#include <regtool/transport.hpp>

#include "connection.hpp"

#include <string_view>

namespace regtool {

inline constexpr std::size_t max_head_size = 64 << 10;

struct ResponseHead {
  int status = 0;
  bool persistent = true;  // false if the server will close the connection after the body
  Headers headers;
};

// `text` is the status line and the fields, each with its line's end, without the empty line. Fields keep their bytes
// but for the white space around them; a folded one is joined by a space. Errc::protocol if this is not HTTP/1.
Result<ResponseHead> parse_response_head(std::string_view text);

// Reads up to the empty line. Errc::protocol for more than max_head_size; or what Connection::read_line says.
Result<ResponseHead> read_response_head(const Context& ctx, Connection& connection, const Deadline& deadline);

// True if the comma-separated lists of the fields called `name` contain `token`, without regard to case.
bool lists_token(const Headers& headers, std::string_view name, std::string_view token);

}  // namespace regtool
