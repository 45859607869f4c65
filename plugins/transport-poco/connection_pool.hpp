#pragma once
// Connections that wait for another request to the same place.

#include "connection.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace regtool {

// Bounds the idle connections, not those in use: how many requests run at once is up to the caller, who would wait for
// ever if all that the pool allows were held by answers that it has not read. Thread-safe.
class ConnectionPool {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  ConnectionPool(std::size_t idle_per_key, std::chrono::milliseconds keep_alive)
      : idle_per_key_(idle_per_key), keep_alive_(keep_alive) {}

  // The one used last, as it is most likely to be alive; null where there is none. Closes those that waited too long,
  // or on which something came that nobody asked for, such as the end.
  std::unique_ptr<Connection> take(const std::string& key, TimePoint now);

  void give_back(std::string key, std::unique_ptr<Connection> connection, TimePoint now);

 private:
  struct Idle {
    std::string key;
    std::unique_ptr<Connection> connection;
    TimePoint since;
  };
  using Connections = std::vector<std::unique_ptr<Connection>>;
  Connections remove_expired(TimePoint now);

  const std::size_t idle_per_key_;
  const std::chrono::milliseconds keep_alive_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  // in the order in which they came back
};

}  // namespace regtool
