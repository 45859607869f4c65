#pragma once
// A Context and what it refers to, in one declaration: `FakeContext fake; store->open(fake.context(), …)`.

#include "base/system_clock.hpp"
#include "fake_clock.hpp"
#include "recording_console.hpp"

#include <stop_token>

namespace regtool {

template <class ClockType>
struct TestContext {
  ClockType clock;
  RecordingConsole console;
  std::stop_source stopper;

  Context context() { return {stopper.get_token(), clock, console}; }
  void stop() { stopper.request_stop(); }
};

using FakeContext = TestContext<FakeClock>;
using RealContext = TestContext<SystemClock>;  // for tests that talk to real sockets

}  // namespace regtool
