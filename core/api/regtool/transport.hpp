#pragma once
// One HTTP exchange. Compare go-containerregistry's use of http.RoundTripper: everything else is a decorator.

#include <regtool/context.hpp>
#include <regtool/source.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {

enum class Method : std::uint8_t { get, head, post, put, patch, del };

// "GET" and so on.
std::string_view to_string(Method method) noexcept;

// Header fields in the order added. Names are compared without regard to case (RFC 9110, section 5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

  // Replaces every field of that name by one.
  void set(std::string name, std::string value);
  void remove(std::string_view name);

  // The first value of that name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;

  // Every value of that name, in order. The views live as long as this object is not changed.
  std::vector<std::string_view> all(std::string_view name) const;

  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

struct Request {
  Method method = Method::get;
  std::string url;    // absolute; sent byte for byte
  Headers headers{};  // the transport adds Host, Content-Length, Connection and a default User-Agent, nothing else
  const Source* body = nullptr;  // must outlive send()
  Range body_range{};            // the part of `body` to send; empty means all of it

  // For a request whose answer takes the server long: how much longer than usual to wait for its first byte.
  std::chrono::milliseconds extra_patience{0};

  // Where set: the transport adds the body bytes here as they leave, for a progress display. Outlives send().
  std::atomic<std::uint64_t>* sent = nullptr;
};

// A response whose head has arrived. Used by one thread at a time. May be destroyed at any point: the connection is
// then kept only if the body was read to its end.
class Response {
 public:
  virtual ~Response() = default;

  virtual int status() const noexcept = 0;
  virtual const Headers& headers() const noexcept = 0;

  // Reads at least one byte of the body; 0 is its end. A body that ends before its Content-Length, or whose connection
  // breaks, is Errc::unavailable; a stall is Errc::timeout; Errc::cancelled soon after the stop of the Context that was
  // given to send(), which must live as long as this object.
  virtual Result<std::size_t> read(std::span<std::byte> out) noexcept = 0;
};

// Sends requests. Thread-safe. Outlives the responses it gave.
class Transport {
 public:
  virtual ~Transport() = default;

  // Blocks until the head of the answer is there. Any status is a Response; an Error means that there was no usable
  // answer: Errc::unavailable (refused, reset, DNS), timeout, cancelled, protocol (not HTTP), or forbidden (TLS
  // refused: trying again will not help). Follows no redirect, repeats nothing, adds no credential and decodes no
  // content coding: the engine's decorators do. A server that answers before it has read the whole body is given a
  // hearing: its answer is the Response. Interim 1xx answers are skipped.
  virtual Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept = 0;
};

// The rest of the body, if it has at most `limit` bytes; Errc::protocol if it has more.
Result<std::string> read_all(Response& response, std::size_t limit);

}  // namespace regtool
