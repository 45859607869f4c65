#include "terminal/pipe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace regtool::cli {
namespace {

constexpr int stop_check_ms = 100;

// Until it can be read, or written to.
Result<> wait_for(int descriptor, short what, const std::stop_token& stop) {
  pollfd waiting{descriptor, what, 0};
  while (!stop.stop_requested()) {
    const int ready = ::poll(&waiting, 1, stop_check_ms);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(Errc::io, std::string("wait for a pipe: ") + std::strerror(errno));
  }
  return fail(Errc::cancelled, "cancelled");
}

bool again(int error) noexcept { return error == EINTR || error == EAGAIN || error == EWOULDBLOCK; }

class StandardInput final : public ByteInput {
 public:
  explicit StandardInput(std::stop_token stop) : stop_(std::move(stop)) {}

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    while (true) {
      REGTOOL_TRY(wait_for(STDIN_FILENO, POLLIN, stop_));
      const auto count = ::read(STDIN_FILENO, out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (!again(errno)) return fail(Errc::io, std::string("read the input: ") + std::strerror(errno));
    }
  }

  Result<std::uint64_t> skip(std::uint64_t) noexcept override { return 0; }

 private:
  const std::stop_token stop_;
};

class StandardOutput final : public ByteOutput {
 public:
  explicit StandardOutput(std::stop_token stop) : stop_(std::move(stop)) {}

  Result<> write(std::span<const std::byte> data) noexcept override {
    while (!data.empty()) {
      REGTOOL_TRY(wait_for(STDOUT_FILENO, POLLOUT, stop_));
      // No more than a pipe holds: what does not fit would be waited for without a look at `stop`.
      const auto count = ::write(STDOUT_FILENO, data.data(), std::min(data.size(), most_at_once));
      if (count < 0 && again(errno)) continue;
      if (count < 0) return failure(errno);
      data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

 private:
  static constexpr std::size_t most_at_once = 64 << 10;

  static tl::unexpected<Error> failure(int error) {
    if (error == EPIPE) return fail(Errc::unavailable, "nobody reads the output any more");
    return fail(error == ENOSPC ? Errc::no_space : Errc::io, std::string("write the output: ") + std::strerror(error));
  }

  const std::stop_token stop_;
};

}  // namespace

bool input_is_terminal() noexcept { return ::isatty(STDIN_FILENO) == 1; }

std::unique_ptr<ByteInput> standard_input(std::stop_token stop) {
  return std::make_unique<StandardInput>(std::move(stop));
}

std::unique_ptr<ByteOutput> standard_output(std::stop_token stop) {
  return std::make_unique<StandardOutput>(std::move(stop));
}

}  // namespace regtool::cli
