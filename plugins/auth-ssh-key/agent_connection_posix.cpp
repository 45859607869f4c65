#include "agent_connection.hpp"
#include "ssh_wire.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace regtool {
namespace {

constexpr std::size_t answer_limit = 256 * 1024;  // as OpenSSH's own client has it
constexpr auto patience = std::chrono::seconds(60);
constexpr int look_every_ms = 100;  // for the user's stop

tl::unexpected<Error> gone() { return fail(Errc::unauthenticated, "ssh-agent went away"); }

int fd_of(std::intptr_t handle) noexcept { return static_cast<int>(handle); }

// Waits until `handle` is ready for `events`.
Result<> wait(const Context& ctx, std::intptr_t handle, short events, std::chrono::steady_clock::time_point deadline) {
  pollfd waiting{fd_of(handle), events, 0};
  while (true) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled while waiting for ssh-agent");
    if (ctx.clock.now() >= deadline) return fail(Errc::timeout, "ssh-agent does not answer");
    const auto ready = ::poll(&waiting, 1, look_every_ms);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return gone();
  }
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

std::string AgentConnection::default_place() { return {}; }

Result<AgentConnection> AgentConnection::open(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof(address.sun_path)) {
    return fail(Errc::unauthenticated, "cannot reach ssh-agent: $SSH_AUTH_SOCK is too long");
  }
  std::memcpy(address.sun_path, socket.data(), socket.size());
  AgentConnection connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connection.handle_ < 0 ||
      ::connect(fd_of(connection.handle_), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return fail(Errc::unauthenticated,
                "cannot reach ssh-agent at " + socket + ": " + std::generic_category().message(errno));
  }
  return connection;
}

AgentConnection::AgentConnection(AgentConnection&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

AgentConnection::~AgentConnection() {
  if (handle_ >= 0) ::close(fd_of(handle_));
}

Result<std::string> AgentConnection::ask(const Context& ctx, std::string_view request) {
  const auto deadline = ctx.clock.now() + patience;
  while (!request.empty()) {
    REGTOOL_TRY(wait(ctx, handle_, POLLOUT, deadline));
    const auto sent = ::send(fd_of(handle_), request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0 && !would_block()) return gone();
    if (sent > 0) request.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::string received;
  std::size_t wanted = 4;  // the length first, then what it says
  while (received.size() < wanted) {
    REGTOOL_TRY(wait(ctx, handle_, POLLIN, deadline));
    char buffer[4096];
    const auto got = ::recv(fd_of(handle_), buffer, std::min(sizeof(buffer), wanted - received.size()), 0);
    if (got == 0 || (got < 0 && !would_block())) return gone();
    if (got > 0) received.append(buffer, static_cast<std::size_t>(got));
    if (wanted == 4 && received.size() == 4) {
      REGTOOL_TRY_ASSIGN(const auto length, WireReader(received).uint32());
      if (length == 0 || length > answer_limit) return fail(Errc::corrupt, "ssh-agent's answer has a senseless size");
      wanted += length;
    }
  }
  return received.substr(4);
}

}  // namespace regtool
