#include "server_start.hpp"

#include <Poco/Net/ServerSocket.h>
#include <chrono>
#include <exception>

namespace regtool::lab {

std::uint16_t free_port() {
  const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  return socket.address().port();
}

void await(Process& server, const std::string& name, const std::function<bool()>& answers) {
  constexpr auto patience = std::chrono::seconds(20);
  constexpr auto between_tries = std::chrono::milliseconds(5);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto answering = [&answers] {
    try {
      return answers();
    } catch (const std::exception&) {
      return false;
    }
  };
  while (!answering()) {
    if (server.wait(between_tries)) throw NotStarted(name + " ended at once: " + server.err() + server.out());
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(name + " does not answer: " + server.err() + server.out());
    }
  }
  // A stranger that had the port first would have answered in its place.
  if (server.wait(std::chrono::milliseconds(0))) throw NotStarted(name + " ended at once: " + server.err());
}

}  // namespace regtool::lab
