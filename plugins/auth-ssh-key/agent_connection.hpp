#pragma once
// A conversation with ssh-agent, over its Unix socket or its named pipe. One source file a platform.

#include <regtool/context.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace regtool {

class AgentConnection {
 public:
  // Where the system itself has an agent that no variable tells of; "" where it has none.
  static std::string default_place();

  // Errc::unauthenticated where nobody listens at `socket`.
  static Result<AgentConnection> open(const std::string& socket);

  AgentConnection(AgentConnection&& other) noexcept;
  AgentConnection& operator=(AgentConnection&&) = delete;
  ~AgentConnection();

  // The answer, without the length before it. Waits a minute at most: the agent may be asking its user. Errc::timeout,
  // Errc::cancelled, or Errc::unauthenticated where the agent goes away.
  Result<std::string> ask(const Context& ctx, std::string_view request);

 private:
  explicit AgentConnection(std::intptr_t handle) : handle_(handle) {}
  std::intptr_t handle_;
};

}  // namespace regtool
