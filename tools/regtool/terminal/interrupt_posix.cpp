#include "exit_status.hpp"
#include "terminal/interrupt.hpp"

#include <chrono>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <utility>

namespace regtool::cli {
namespace {

// timeout(1) and closing terminals signal the process and then its group: that is one wish, not two.
constexpr std::chrono::milliseconds echo(250);

bool is_ignored(int number) noexcept {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t watched_signals() noexcept {
  sigset_t watched;
  ::sigemptyset(&watched);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(number)) ::sigaddset(&watched, number);
  }
  // What the destructor wakes the waiter with.
  ::sigaddset(&watched, SIGUSR1);
  return watched;
}

}  // namespace

InterruptWatch::InterruptWatch(std::function<void()> last_words) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto watched = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &watched, nullptr);
  waiter_ = std::jthread([this, watched, last_words = std::move(last_words)](const std::stop_token& ended) {
    int number = 0;
    std::chrono::steady_clock::time_point first;
    while (::sigwait(&watched, &number) == 0 && !ended.stop_requested()) {
      if (number == SIGUSR1) continue;
      const auto now = std::chrono::steady_clock::now();
      if (source_.request_stop()) {
        first = now;
      } else if (now - first > echo) {
        last_words();
        ::_exit(to_status(ExitStatus::interrupted));
      }
    }
  });
}

InterruptWatch::~InterruptWatch() {
  waiter_.request_stop();
  ::pthread_kill(waiter_.native_handle(), SIGUSR1);
}

}  // namespace regtool::cli
