#pragma once
// A conversation with ssh-agent over its Unix socket.

#include <regtool/context.hpp>

#include <string>
#include <string_view>

namespace regtool {

class AgentConnection {
 public:
  // Errc::unauthenticated where nobody listens at `socket`.
  static Result<AgentConnection> open(const std::string& socket);

  AgentConnection(AgentConnection&& other) noexcept;
  AgentConnection& operator=(AgentConnection&&) = delete;
  ~AgentConnection();

  // The answer, without the length before it. Waits a minute at most: the agent may be asking its user. Errc::timeout,
  // Errc::cancelled, or Errc::unauthenticated where the agent goes away.
  Result<std::string> ask(const Context& ctx, std::string_view request);

 private:
  explicit AgentConnection(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace regtool
