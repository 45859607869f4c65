#pragma once
// Range and Content-Range (RFC 9110, sections 14.1 and 14.4), whose positions are inclusive.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// "bytes=0-99"
std::string range_header(Range range);

struct ContentRange {
  Range range;
  std::optional<std::uint64_t> size;  // of the whole; "*" says that it is unknown

  bool operator==(const ContentRange&) const = default;
};

// "bytes 0-99/1000". Errc::protocol for anything else.
Result<ContentRange> parse_content_range(std::string_view text);

// How many bytes an upload session has: the registry's "0-99", with or without "bytes=". A session without a byte may
// say "0-0", or nothing at all.
std::uint64_t parse_upload_range(std::string_view text);

}  // namespace regtool
