#include "connection.hpp"

#include "network_error.hpp"
#include "send_file.hpp"
#include "socket_calls.hpp"

#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <algorithm>
#include <limits>
#include <openssl/err.h>

namespace regtool {
namespace {

using Poco::Net::SecureStreamSocket;
using Poco::Net::Socket;

constexpr std::size_t buffer_size = 16 << 10;

int int_size(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, std::chrono::milliseconds idle_timeout)
    : socket_(socket), idle_timeout_(idle_timeout) {}

// A socket that does not block answers -1 where it would, or (when writing) throws; a TLS one says by the value what it
// waits for. OpenSSL takes any error that another user left in this thread's queue for its own, hence the clearing.
// OpenSSL's own writes may raise SIGPIPE, which Poco blocks in the thread that loads it and in those begun later.
Result<Connection::Attempt> Connection::try_read(std::span<std::byte> out) {
  try {
    ERR_clear_error();
    const int count = socket_.receiveBytes(out.data(), int_size(out.size()));
    if (count < 0) {
      const bool wants_write = count == SecureStreamSocket::ERR_SSL_WANT_WRITE;
      return Attempt{0, wants_write ? Socket::SELECT_WRITE : Socket::SELECT_READ};
    }
    received_ += static_cast<std::size_t>(count);
    return Attempt{static_cast<std::size_t>(count), 0};
  } catch (const Poco::Exception& error) {
    return fail(network_error(error));
  }
}

Result<Connection::Attempt> Connection::try_write(std::span<const std::byte> bytes) {
  try {
    ERR_clear_error();
    const int count = socket_.sendBytes(bytes.data(), int_size(bytes.size()), send_flags());
    if (count <= 0) {
      const bool wants_read = socket_.secure() && count == SecureStreamSocket::ERR_SSL_WANT_READ;
      return Attempt{0, wants_read ? Socket::SELECT_READ : Socket::SELECT_WRITE};
    }
    const auto sent = static_cast<std::size_t>(count);
    sent_ += sent;
    full_ = !socket_.secure() && sent < bytes.size();
    return Attempt{sent, 0};
  } catch (const Poco::Exception& error) {
    if (error.code() == POCO_EAGAIN || error.code() == POCO_EWOULDBLOCK) return Attempt{0, Socket::SELECT_WRITE};
    return fail(network_error(error));
  }
}

std::string_view Connection::buffered() const noexcept {
  return {reinterpret_cast<const char*>(buffer_.data()) + buffer_at_, buffer_.size() - buffer_at_};
}

std::size_t Connection::take_buffered(std::span<std::byte> out) noexcept {
  const auto count = std::min(out.size(), buffer_.size() - buffer_at_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(buffer_at_), count, out.begin());
  buffer_at_ += count;
  return count;
}

Result<std::size_t> Connection::read(const Context& ctx, std::span<std::byte> out) {
  if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  if (const auto count = take_buffered(out); count > 0) return count;
  const auto deadline = Deadline::after(ctx.clock, idle_timeout_);
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto attempt, try_read(out));
    if (attempt.wait_for == 0) return attempt.bytes;
    REGTOOL_TRY(wait_ready(ctx, socket_, attempt.wait_for, deadline));
  }
}

// Appends what arrives to the buffer; 0 is the end.
Result<std::size_t> Connection::fill(const Context& ctx, const Deadline& deadline) {
  if (!has_buffered()) {
    buffer_.clear();
    buffer_at_ = 0;
  }
  const auto old_size = buffer_.size();
  buffer_.resize(old_size + buffer_size);
  while (true) {
    const auto attempt = try_read(std::span(buffer_).subspan(old_size));
    buffer_.resize(old_size + (attempt ? attempt->bytes : 0));
    if (!attempt) return fail(attempt.error());
    if (attempt->wait_for == 0) return attempt->bytes;
    REGTOOL_TRY(wait_ready(ctx, socket_, attempt->wait_for, deadline));
    buffer_.resize(old_size + buffer_size);
  }
}

Result<std::string> Connection::read_line(const Context& ctx, std::size_t limit, const Deadline& deadline) {
  for (std::size_t searched = 0;;) {
    const auto text = buffered();
    if (const auto end = text.find('\n', searched); end != text.npos && end <= limit) {
      buffer_at_ += end + 1;
      auto line = text.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      return std::string(line);
    }
    if (text.size() > limit) return fail(Errc::protocol, "a line that is too long");
    searched = text.size();
    REGTOOL_TRY_ASSIGN(const auto count, fill(ctx, deadline));
    if (count == 0) return fail(Errc::unavailable, "the connection was closed by the other side");
  }
}

// `try_once` makes an Attempt, or nothing where there is no point in another.
template <class Try>
Result<std::optional<std::size_t>> Connection::move_out(const Context& ctx, Try try_once) {
  const auto deadline = Deadline::after(ctx.clock, idle_timeout_);
  while (true) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    if (has_input()) return 0;
    int wait_for = Socket::SELECT_WRITE;
    if (!full_) {
      REGTOOL_TRY_ASSIGN(const std::optional<Attempt> attempt, try_once());
      if (!attempt) return std::nullopt;
      if (attempt->wait_for == 0) return attempt->bytes;
      wait_for = attempt->wait_for;
    }
    REGTOOL_TRY(wait_ready(ctx, socket_, wait_for | Socket::SELECT_READ, deadline));
    full_ = false;
  }
}

Result<std::size_t> Connection::write_some(const Context& ctx, std::span<const std::byte> bytes) {
  REGTOOL_TRY_ASSIGN(const auto count, move_out(ctx, [&] { return try_write(bytes); }));
  return count.value_or(0);
}

Result<std::optional<std::size_t>> Connection::send_some(const Context& ctx, std::intptr_t file, Range part) {
  if (socket_.secure()) return std::nullopt;
  return move_out(ctx, [&]() -> Result<std::optional<Attempt>> {
    REGTOOL_TRY_ASSIGN(const auto count, send_file(static_cast<std::intptr_t>(socket_.impl()->sockfd()), file, part));
    if (!count) return std::nullopt;
    sent_ += *count;
    full_ = *count < part.length;
    return Attempt{*count, *count > 0 ? 0 : Socket::SELECT_WRITE};
  });
}

Result<> Connection::write(const Context& ctx, std::string_view bytes) {
  auto left = std::as_bytes(std::span(bytes));
  auto deadline = Deadline::after(ctx.clock, idle_timeout_);
  while (!left.empty()) {
    REGTOOL_TRY_ASSIGN(const auto attempt, try_write(left));
    left = left.subspan(attempt.bytes);
    if (attempt.wait_for == 0) {
      deadline = Deadline::after(ctx.clock, idle_timeout_);
    } else {
      REGTOOL_TRY(wait_ready(ctx, socket_, attempt.wait_for, deadline));
    }
  }
  return {};
}

bool Connection::has_input() {
  if (has_buffered()) return true;
  buffer_.resize(buffer_size);
  buffer_at_ = 0;
  const auto attempt = try_read(buffer_);
  buffer_.resize(attempt ? attempt->bytes : 0);
  return !attempt || attempt->wait_for == 0;
}

Result<> Connection::wait_input(const Context& ctx, const Deadline& deadline) {
  while (!has_input()) REGTOOL_TRY(wait_ready(ctx, socket_, Socket::SELECT_READ, deadline));
  return {};
}

}  // namespace regtool
