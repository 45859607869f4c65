#include "terminal/pipe.hpp"

#include <algorithm>
#include <string>
#include <system_error>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool::cli {
namespace {

constexpr DWORD stop_check_ms = 10;

tl::unexpected<Error> failed(Errc code, const std::string& doing, DWORD number) {
  return fail(code, doing + ": " + std::system_category().message(static_cast<int>(number)));
}

class StandardInput final : public ByteInput {
 public:
  explicit StandardInput(std::stop_token stop) : stop_(std::move(stop)) {}

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    REGTOOL_TRY(wait_for_bytes());
    DWORD count = 0;
    if (::ReadFile(handle_, out.data(), static_cast<DWORD>(std::min(out.size(), most_at_once)), &count, nullptr)) {
      return count;
    }
    const auto number = ::GetLastError();
    if (number == ERROR_BROKEN_PIPE) return 0;  // whoever wrote has finished
    return failed(Errc::io, "read the input", number);
  }

  Result<std::uint64_t> skip(std::uint64_t) noexcept override { return 0; }

 private:
  static constexpr std::size_t most_at_once = 1 << 20;

  // A pipe cannot be waited for, only looked into. Files have their bytes at once.
  Result<> wait_for_bytes() const {
    while (!stop_.stop_requested()) {
      DWORD available = 0;
      const bool waits = ::GetFileType(handle_) == FILE_TYPE_PIPE &&
                         ::PeekNamedPipe(handle_, nullptr, 0, nullptr, &available, nullptr) && available == 0;
      if (!waits) return {};
      ::Sleep(stop_check_ms);
    }
    return fail(Errc::cancelled, "cancelled");
  }

  const std::stop_token stop_;
  const HANDLE handle_ = ::GetStdHandle(STD_INPUT_HANDLE);
};

class StandardOutput final : public ByteOutput {
 public:
  explicit StandardOutput(std::stop_token stop) : stop_(std::move(stop)) {}

  Result<> write(std::span<const std::byte> data) noexcept override {
    while (!data.empty()) {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      DWORD count = 0;
      const auto length = static_cast<DWORD>(std::min(data.size(), most_at_once));
      if (!::WriteFile(handle_, data.data(), length, &count, nullptr)) return failure(::GetLastError());
      data = data.subspan(count);
    }
    return {};
  }

 private:
  // Little: whoever reads slowly must not hold up a stop for long.
  static constexpr std::size_t most_at_once = 64 << 10;

  static tl::unexpected<Error> failure(DWORD number) {
    if (number == ERROR_BROKEN_PIPE || number == ERROR_NO_DATA) {
      return fail(Errc::unavailable, "nobody reads the output any more");
    }
    return failed(number == ERROR_DISK_FULL ? Errc::no_space : Errc::io, "write the output", number);
  }

  const std::stop_token stop_;
  const HANDLE handle_ = ::GetStdHandle(STD_OUTPUT_HANDLE);
};

}  // namespace

bool input_is_terminal() noexcept {
  DWORD mode = 0;
  return ::GetConsoleMode(::GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

std::unique_ptr<ByteInput> standard_input(std::stop_token stop) {
  return std::make_unique<StandardInput>(std::move(stop));
}

std::unique_ptr<ByteOutput> standard_output(std::stop_token stop) {
  return std::make_unique<StandardOutput>(std::move(stop));
}

}  // namespace regtool::cli
