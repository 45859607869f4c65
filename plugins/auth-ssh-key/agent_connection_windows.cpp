#include "agent_connection.hpp"
#include "ssh_wire.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool {
namespace {

constexpr const char* openssh_pipe = "\\\\.\\pipe\\openssh-ssh-agent";
constexpr std::intptr_t none = -1;
constexpr std::size_t answer_limit = 256 * 1024;  // as OpenSSH's own client has it
constexpr auto patience = std::chrono::seconds(60);
constexpr DWORD look_every_ms = 100;  // for the user's stop

HANDLE handle_of(std::intptr_t handle) noexcept { return reinterpret_cast<HANDLE>(handle); }

tl::unexpected<Error> gone() { return fail(Errc::unauthenticated, "ssh-agent went away"); }

// One read or write that can be given up.
class Exchange {
 public:
  explicit Exchange(std::intptr_t pipe) : pipe_(pipe) {
    overlapped_.hEvent = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  }
  ~Exchange() { ::CloseHandle(overlapped_.hEvent); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  OVERLAPPED* overlapped() noexcept { return &overlapped_; }

  // How many bytes the call that was `begun` has moved in the end.
  Result<std::size_t> finish(const Context& ctx, BOOL begun, std::chrono::steady_clock::time_point deadline) {
    if (!begun && ::GetLastError() != ERROR_IO_PENDING) return gone();
    auto waited = wait(ctx, deadline);
    if (!waited) ::CancelIoEx(handle_of(pipe_), &overlapped_);
    DWORD count = 0;
    const bool moved = ::GetOverlappedResult(handle_of(pipe_), &overlapped_, &count, TRUE) != 0;
    REGTOOL_TRY(waited);
    if (!moved || count == 0) return gone();
    return count;
  }

 private:
  Result<> wait(const Context& ctx, std::chrono::steady_clock::time_point deadline) const {
    while (::WaitForSingleObject(overlapped_.hEvent, look_every_ms) != WAIT_OBJECT_0) {
      if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled while waiting for ssh-agent");
      if (ctx.clock.now() >= deadline) return fail(Errc::timeout, "ssh-agent does not answer");
    }
    return {};
  }

  const std::intptr_t pipe_;
  OVERLAPPED overlapped_{};
};

}  // namespace

std::string AgentConnection::default_place() {
  return ::WaitNamedPipeA(openssh_pipe, 1) ? openssh_pipe : std::string();
}

Result<AgentConnection> AgentConnection::open(const std::string& socket) {
  const HANDLE pipe = ::CreateFileA(socket.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_OVERLAPPED, nullptr);
  if (pipe == INVALID_HANDLE_VALUE) {
    return fail(Errc::unauthenticated, "cannot reach ssh-agent at " + socket + ": " +
                                           std::system_category().message(static_cast<int>(::GetLastError())));
  }
  return AgentConnection(reinterpret_cast<std::intptr_t>(pipe));
}

AgentConnection::AgentConnection(AgentConnection&& other) noexcept : handle_(std::exchange(other.handle_, none)) {}

AgentConnection::~AgentConnection() {
  if (handle_ != none) ::CloseHandle(handle_of(handle_));
}

Result<std::string> AgentConnection::ask(const Context& ctx, std::string_view request) {
  const auto deadline = ctx.clock.now() + patience;
  while (!request.empty()) {
    Exchange write(handle_);
    const auto begun = ::WriteFile(handle_of(handle_), request.data(), static_cast<DWORD>(request.size()), nullptr,
                                   write.overlapped());
    REGTOOL_TRY_ASSIGN(const auto sent, write.finish(ctx, begun, deadline));
    request.remove_prefix(sent);
  }
  std::string received;
  std::size_t wanted = 4;  // the length first, then what it says
  while (received.size() < wanted) {
    char buffer[4096];
    Exchange read(handle_);
    const auto room = static_cast<DWORD>(std::min(sizeof(buffer), wanted - received.size()));
    const auto begun = ::ReadFile(handle_of(handle_), buffer, room, nullptr, read.overlapped());
    REGTOOL_TRY_ASSIGN(const auto got, read.finish(ctx, begun, deadline));
    received.append(buffer, got);
    if (wanted == 4 && received.size() == 4) {
      REGTOOL_TRY_ASSIGN(const auto length, WireReader(received).uint32());
      if (length == 0 || length > answer_limit) return fail(Errc::corrupt, "ssh-agent's answer has a senseless size");
      wanted += length;
    }
  }
  return received.substr(4);
}

}  // namespace regtool
