#pragma once
// Starting servers: a free port, and no use before they answer.

#include "process.hpp"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace regtool::lab {

// A port of 127.0.0.1 that nobody listens on at this moment.
std::uint16_t free_port();

// The server ended before it was ready: often because someone else took its port in between.
class NotStarted : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Calls `start` with a free port, and again with another one while it throws NotStarted.
template <class Start>
auto on_free_port(Start start) {
  constexpr int tries = 5;
  for (int i = 1; i < tries; ++i) {
    try {
      return start(free_port());
    } catch (const NotStarted&) {
    }
  }
  return start(free_port());
}

// Returns once `answers` holds; an exception of it counts as false. Throws NotStarted with the error output of `server`
// when that ends first, and std::runtime_error when it takes longer than twenty seconds.
void await(Process& server, const std::string& name, const std::function<bool()>& answers);

}  // namespace regtool::lab
