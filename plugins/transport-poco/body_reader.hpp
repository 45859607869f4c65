#pragma once
// Where the body of an answer ends (RFC 9112, section 6.3), and its bytes without their framing.

#include <regtool/transport.hpp>

#include "connection.hpp"
#include "response_head.hpp"

#include <cstdint>
#include <limits>

namespace regtool {

class BodyReader {
 public:
  // Errc::protocol where the head contradicts itself or names an encoding that we cannot take off.
  static Result<BodyReader> make(const ResponseHead& head, Method method);

  // Bytes of the body; 0 is its end. Errc::unavailable if the connection ends before it, protocol for bad framing.
  Result<std::size_t> read(const Context& ctx, Connection& connection, std::span<std::byte> out);

  // True once nothing more is to be read: the connection may serve another request, unless the body ended with it.
  bool done() const noexcept { return left_ == 0 && !chunked_; }
  bool ends_with_connection() const noexcept { return left_ == until_close; }

 private:
  static constexpr std::uint64_t until_close = std::numeric_limits<std::uint64_t>::max();

  BodyReader(std::uint64_t left, bool chunked) noexcept : left_(left), chunked_(chunked) {}
  Result<> next_chunk(const Context& ctx, Connection& connection);

  std::uint64_t left_;       // of the body, or of the chunk
  bool chunked_;             // and the last chunk was not seen yet
  bool first_chunk_ = true;  // every other one begins with the line's end of the one before
};

}  // namespace regtool
