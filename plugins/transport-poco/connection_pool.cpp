#include "connection_pool.hpp"

#include <algorithm>

namespace regtool {
namespace {

// Redirects may lead to many hosts; this many times the connections of one are kept in all.
constexpr std::size_t hosts = 8;

}  // namespace

// The caller closes what is returned without holding the lock: TLS says goodbye on the wire.
ConnectionPool::Connections ConnectionPool::remove_expired(TimePoint now) {
  const auto first_good =
      std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return now - idle.since < keep_alive_; });
  Connections expired;
  for (auto idle = idle_.begin(); idle != first_good; ++idle) expired.push_back(std::move(idle->connection));
  idle_.erase(idle_.begin(), first_good);
  return expired;
}

std::unique_ptr<Connection> ConnectionPool::take(const std::string& key, TimePoint now) {
  Connections closing;
  const std::unique_lock lock(mutex_);
  closing = remove_expired(now);
  while (true) {
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) { return idle.key == key; });
    if (found == idle_.rend()) return nullptr;
    auto connection = std::move(found->connection);
    idle_.erase(std::next(found).base());
    if (!connection->has_input()) return connection;
    closing.push_back(std::move(connection));
  }
}

void ConnectionPool::give_back(std::string key, std::unique_ptr<Connection> connection, TimePoint now) {
  Connections closing;
  const std::unique_lock lock(mutex_);
  closing = remove_expired(now);
  const auto same = std::count_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return idle.key == key; });
  if (static_cast<std::size_t>(same) >= idle_per_key_) {
    closing.push_back(std::move(connection));
    return;
  }
  if (idle_.size() >= idle_per_key_ * hosts) {
    closing.push_back(std::move(idle_.front().connection));
    idle_.erase(idle_.begin());
  }
  idle_.push_back({std::move(key), std::move(connection), now});
}

}  // namespace regtool
