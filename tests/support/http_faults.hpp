#pragma once
// The ways in which a server's answer can go wrong, or just be unusual.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regtool {

enum class Framing : std::uint8_t {
  length,       // Content-Length
  chunked,      // Transfer-Encoding: chunked
  until_close,  // neither: the body ends with the connection
};

// A moment in the course of an answer.
struct Moment {
  enum class At : std::uint8_t { before_head, in_head, in_body };
  At at = At::before_head;
  std::uint64_t body_bytes = 0;  // sent before it, for in_body

  static Moment before_head() { return {At::before_head, 0}; }
  static Moment in_head() { return {At::in_head, 0}; }
  static Moment in_body(std::uint64_t after_bytes) { return {At::in_body, after_bytes}; }
};

// How fast a body leaves: so many bytes, and again after that time.
struct Pace {
  std::uint64_t bytes = 1;
  std::chrono::milliseconds every{0};
};

// None by default. In the order in which they take effect:
struct Faults {
  std::optional<std::uint64_t> reads_only;  // answers after so much of the request's body; drops the connection then
  std::chrono::milliseconds delay{0};       // before anything is sent
  std::optional<std::string> raw;           // these bytes instead of an HTTP answer, and then the end
  std::vector<int> interim;                 // 1xx answers that go before the real one
  Framing framing = Framing::length;
  std::optional<std::uint64_t> declared_length;  // a Content-Length that is not the body's; the connection ends
  std::optional<Moment> cut;                     // the connection ends there
  std::optional<Moment> stall;                   // nothing more from there on, until the client goes away
  bool reset = false;                            // a cut is a TCP reset, not an orderly end
  std::optional<Pace> pace;                      // of the body
  bool close = false;                            // the connection ends after the answer, and the head says so
  bool close_unannounced = false;                // the same, but the head does not say so
};

inline Faults cut_at(Moment moment) {
  Faults faults;
  faults.cut = moment;
  return faults;
}

inline Faults stall_at(Moment moment) {
  Faults faults;
  faults.stall = moment;
  return faults;
}

inline Faults framed(Framing framing) {
  Faults faults;
  faults.framing = framing;
  return faults;
}

inline Faults declaring(std::uint64_t length) {
  Faults faults;
  faults.declared_length = length;
  return faults;
}

inline Faults raw_bytes(std::string bytes) {
  Faults faults;
  faults.raw = std::move(bytes);
  return faults;
}

inline Faults paced(Pace pace) {
  Faults faults;
  faults.pace = pace;
  return faults;
}

// One byte at a time.
inline Faults trickle(std::chrono::milliseconds per_byte) { return paced({1, per_byte}); }

inline Faults delayed(std::chrono::milliseconds delay) {
  Faults faults;
  faults.delay = delay;
  return faults;
}

// Answers when it has seen `bytes` of the request's body, and hangs up.
inline Faults early_answer(std::uint64_t bytes = 0) {
  Faults faults;
  faults.reads_only = bytes;
  return faults;
}

}  // namespace regtool
