#include "exit_status.hpp"
#include "terminal/interrupt.hpp"

#include <atomic>
#include <cstdlib>
#include <utility>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool::cli {
namespace {

// Windows calls a plain function, on a thread of its own, and says nothing of whom it is for: there is one watch a
// process.
struct Watched {
  std::stop_source source;
  std::function<void()> last_words;
};
std::atomic<Watched*> watched = nullptr;

BOOL WINAPI interrupted(DWORD) {
  auto* const current = watched.load();
  if (current == nullptr) return FALSE;
  if (current->source.request_stop()) return TRUE;
  current->last_words();
  std::_Exit(to_status(ExitStatus::interrupted));
}

}  // namespace

InterruptWatch::InterruptWatch(std::function<void()> last_words) {
  watched = new Watched{source_, std::move(last_words)};
  ::SetConsoleCtrlHandler(interrupted, TRUE);
}

InterruptWatch::~InterruptWatch() {
  ::SetConsoleCtrlHandler(interrupted, FALSE);
  delete watched.exchange(nullptr);
}

}  // namespace regtool::cli
