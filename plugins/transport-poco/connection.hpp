#pragma once
// One connection to an origin or a proxy, plain or TLS: raw reads and writes that can be cancelled, and time out.

#include <regtool/context.hpp>
#include <regtool/range.hpp>

#include "wait.hpp"

#include <Poco/Net/StreamSocket.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Used by one thread at a time. Failures are Errc::unavailable, timeout, cancelled, or forbidden (a TLS alert).
class Connection {
 public:
  // `socket` is connected and does not block; a TLS one has its handshake behind it.
  Connection(const Poco::Net::StreamSocket& socket, std::chrono::milliseconds idle_timeout);

  // At least one byte, or 0 at the orderly end.
  Result<std::size_t> read(const Context& ctx, std::span<std::byte> out);

  // A line without its end (CRLF or LF); Errc::protocol if it is longer than `limit`.
  Result<std::string> read_line(const Context& ctx, std::size_t limit, const Deadline& deadline);

  // At least one byte sent; or 0 when there is something to read instead.
  Result<std::size_t> write_some(const Context& ctx, std::span<const std::byte> bytes);
  Result<> write(const Context& ctx, std::string_view bytes);

  // The same as write_some() for a part of an open file. Nothing when that cannot be had: over TLS, or as send_file()
  // says.
  Result<std::optional<std::size_t>> send_some(const Context& ctx, std::intptr_t file, Range part);

  // Takes in what has arrived, without waiting. True if there is something to read: bytes, the end, or a failure.
  bool has_input();

  // Waits until has_input().
  Result<> wait_input(const Context& ctx, const Deadline& deadline);

  // True if bytes were taken in that nobody has read yet.
  bool has_buffered() const noexcept { return buffer_at_ < buffer_.size(); }

  // Bytes over the connection's life, without those of TLS itself.
  std::uint64_t received() const noexcept { return received_; }
  std::uint64_t sent() const noexcept { return sent_; }

  Poco::Net::StreamSocket& socket() noexcept { return socket_; }
  std::chrono::milliseconds idle_timeout() const noexcept { return idle_timeout_; }

 private:
  struct Attempt {
    std::size_t bytes;
    int wait_for;  // 0 unless nothing moved and waiting helps
  };
  Result<Attempt> try_read(std::span<std::byte> out);
  Result<Attempt> try_write(std::span<const std::byte> bytes);
  template <class Try>
  Result<std::optional<std::size_t>> move_out(const Context& ctx, Try try_once);
  Result<std::size_t> fill(const Context& ctx, const Deadline& deadline);
  std::string_view buffered() const noexcept;
  std::size_t take_buffered(std::span<std::byte> out) noexcept;

  Poco::Net::StreamSocket socket_;
  std::chrono::milliseconds idle_timeout_;
  std::vector<std::byte> buffer_;  // read but not asked for yet, from buffer_at_ on
  std::size_t buffer_at_ = 0;
  std::uint64_t received_ = 0, sent_ = 0;
  bool full_ = false;  // the system took only a part: wait before offering more
};

}  // namespace regtool
