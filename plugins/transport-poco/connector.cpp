#include "connector.hpp"

#include "network_error.hpp"

#include <algorithm>

namespace regtool {
namespace {

using Poco::Net::Socket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;
using std::chrono::milliseconds;

constexpr milliseconds head_start{250};  // RFC 8305's "connection attempt delay"

// The attempts that are under way.
class Attempts {
 public:
  void begin(const SocketAddress& address) {
    try {
      StreamSocket socket(address.family());
      socket.setBlocking(false);
      socket.connectNB(address);
      pending_.push_back(std::move(socket));
    } catch (const Poco::Exception& error) {
      last_error_ = network_error(error);
    }
  }

  // The first that is connected within `duration`, if any. Forgets those that failed.
  std::optional<StreamSocket> wait(milliseconds duration) {
    Socket::SocketList readable, writable(pending_.begin(), pending_.end()), failed = writable;
    Socket::select(readable, writable, failed, Poco::Timespan(duration.count() * 1000));
    writable.insert(writable.end(), failed.begin(), failed.end());
    for (const auto& socket : writable) {
      if (std::erase(pending_, socket) == 0) continue;  // it was in both lists
      const int error = socket.impl()->socketError();
      if (error == 0) return StreamSocket(socket);
      last_error_ = socket_error(error);
    }
    return std::nullopt;
  }

  std::size_t count() const noexcept { return pending_.size(); }
  const Error& last_error() const noexcept { return last_error_; }

 private:
  std::vector<StreamSocket> pending_;
  Error last_error_{Errc::unavailable, "there is no address to connect to"};
};

}  // namespace

Result<StreamSocket> connect_first(const Context& ctx, const std::vector<SocketAddress>& addresses,
                                   const Deadline& deadline) {
  Attempts attempts;
  auto next = addresses.begin();
  auto next_at = ctx.clock.now();
  while (true) {
    REGTOOL_TRY_ASSIGN(auto duration, next_wait(ctx, deadline));
    if (next != addresses.end() && (attempts.count() == 0 || ctx.clock.now() >= next_at)) {
      attempts.begin(*next++);
      next_at = ctx.clock.now() + head_start;
    }
    if (attempts.count() == 0) {
      if (next == addresses.end()) return fail(attempts.last_error());
      continue;
    }
    const auto before = attempts.count();
    if (auto socket = attempts.wait(duration)) {
      socket->setNoDelay(true);
      return std::move(*socket);
    }
    if (attempts.count() < before) next_at = ctx.clock.now();
  }
}

}  // namespace regtool
