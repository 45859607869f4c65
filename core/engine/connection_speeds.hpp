#pragma once
// What the connections of one download can do, as observed.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>

namespace regtool {

// Shared by all connections. Thread-safe.
class ConnectionSpeeds {
 public:
  // Tells connections apart; each is its own.
  using Key = const void*;

  // Bytes per second that a connection makes just now.
  void observe(Key connection, double rate);

  // It has no more to give: so many bytes came in all.
  void ended(Key connection, std::uint64_t bytes, std::chrono::steady_clock::duration time);

  // Bytes per second of one connection, smoothed: what a further one can be expected to make. 0 while nothing is known.
  double typical() const;

  // True if it makes so much less than the others do now that another connection is worth a try. Where all are slow,
  // none crawls.
  bool crawls(Key connection) const;

  // How many bytes to ask for at once, so that a request lasts about a second: shorter ones cost round trips, longer
  // ones are lost when a connection breaks.
  std::uint64_t part_size() const;

 private:
  void smooth(double rate);

  mutable std::mutex mutex_;
  std::map<Key, double> now_;
  double typical_ = 0;
};

// A part that is being fetched.
struct RunningPart {
  std::uint64_t open = 0;        // bytes that could be given away
  std::uint64_t arriving = 0;    // of these: better not, if there is any sign that they come
  std::optional<double> rate{};  // bytes per second, if it is known already
};

// Who is to share with an idle connection, and how many of its last bytes: the one that would otherwise take longest,
// so that both end at the same time; all of them if it has as good as stalled. Nothing when sharing would gain less
// than it costs. `typical` is what the idle connection will make.
struct Share {
  std::size_t index;
  std::uint64_t bytes;
};
std::optional<Share> choose_share(std::span<const RunningPart> parts, double typical);

}  // namespace regtool
