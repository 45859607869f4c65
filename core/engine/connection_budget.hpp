#pragma once
// How many connections a download uses: a decision without I/O, tested by table.

#include <chrono>
#include <cstdint>
#include <optional>

namespace regtool {

// Begins with few and opens more only as long as that raises the total: a link that is full is not made faster by them,
// and servers count them. Closes some when bytes come faster than they can be verified. Not thread-safe.
class ConnectionBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  ConnectionBudget(unsigned first, unsigned most, TimePoint now);

  unsigned allowed() const noexcept { return level_; }

  // What keeps the transfer from being faster.
  enum class Limit : std::uint8_t {
    work,         // some connections have nothing to do
    connections,  // as many as are allowed are busy: it may be their number
    verifier,     // bytes pile up before it
  };

  // To be called several times a second. `bytes` have been moved in all. True when allowed() has changed.
  bool observe(TimePoint now, std::uint64_t bytes, Limit limit);

 private:
  void begin_window(TimePoint now, std::uint64_t bytes);
  void go_to(unsigned level, TimePoint now);

  const unsigned most_;
  unsigned level_;
  TimePoint level_since_;
  TimePoint window_start_;
  std::uint64_t window_bytes_ = 0;
  struct Lower {
    unsigned level;
    double rate;
  };
  std::optional<Lower> lower_;  // what the level is compared with
  TimePoint hold_until_{};
  std::chrono::seconds hold_;
};

}  // namespace regtool
