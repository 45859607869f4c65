#include "network_error.hpp"
#include "send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/sendfile.h>

namespace regtool {
namespace {

// A call takes what the socket has room for: this is so that a large buffer is not filled in one go, unnoticed by stop
// and progress.
constexpr std::uint64_t most_at_once = 1 << 20;

bool is_about_the_file(int code) {
  return code == EINVAL || code == ENOSYS || code == EOPNOTSUPP || code == EBADF || code == EIO || code == ENOMEM ||
         code == EOVERFLOW || code == ESPIPE;
}

}  // namespace

Result<std::optional<std::size_t>> send_file(std::intptr_t socket, std::intptr_t file, Range part) {
  auto at = static_cast<off_t>(part.first);
  const auto count = static_cast<std::size_t>(std::min(part.length, most_at_once));
  while (true) {
    const auto sent = ::sendfile(static_cast<int>(socket), static_cast<int>(file), &at, count);
    if (sent > 0) return static_cast<std::size_t>(sent);
    if (sent == 0) return std::nullopt;  // the file has become shorter
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (is_about_the_file(errno)) return std::nullopt;
    if (errno != EINTR) return fail(socket_error(errno));
  }
}

}  // namespace regtool
