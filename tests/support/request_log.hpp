#pragma once
// What a fake server saw.

#include "http_handler.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

struct SeenRequest {
  std::string method, origin, target;
  Headers headers;
  std::uint64_t body_size = 0;   // received
  int status = 0;                // answered; 0 while it is being worked on, or if the client went away
  std::uint64_t bytes_sent = 0;  // of the answer's body
};

// Thread-safe. Queries select by method and by a part of the target; "" is any.
class RequestLog {
 public:
  // Has `handler` answer, and remembers the exchange.
  HttpReply record(const HttpRequest& request, const Handler& handler);

  std::size_t count(std::string_view method, std::string_view target = "") const;
  std::vector<SeenRequest> find(std::string_view method, std::string_view target = "") const;
  std::vector<SeenRequest> all() const { return find(""); }
  std::uint64_t bytes_sent(std::string_view target = "") const;
  std::uint64_t bytes_received(std::string_view target = "") const;
  void clear();

  // "GET /v2/… -> 200", a line each, for messages of failed tests.
  std::string text() const;

 private:
  struct Entry {
    SeenRequest seen;
    std::shared_ptr<std::atomic<std::uint64_t>> received, sent;
  };

  void close(const std::shared_ptr<Entry>& entry, int status);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;
};

}  // namespace regtool
