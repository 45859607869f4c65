#pragma once
// One request and the head of its answer, over a connection that is there.

#include <regtool/transport.hpp>

#include "connection.hpp"
#include "response_head.hpp"

#include <chrono>
#include <string>

namespace regtool {

struct Exchanged {
  ResponseHead head;
  bool body_sent = true;  // false: the server did not want to hear all of it, and the connection is spoilt
};

// Sends `head` and the request's body, and reads the head of the final answer, which may come before all was sent.
Result<Exchanged> exchange(const Context& ctx, Connection& connection, const std::string& head, const Request& request,
                           std::chrono::milliseconds first_byte_timeout);

// What is known of an exchange that failed.
struct FailedExchange {
  Method method;
  Errc error;
  bool reused;             // the connection had served another request before
  std::uint64_t sent;      // bytes of this request that were handed to the system
  std::uint64_t received;  // bytes of its answer
};

// True if the server most likely closed a connection that it took for idle, and the request may be sent once more
// without the risk that it is carried out twice (RFC 9110, section 9.2.2; RFC 9112, section 9.3.1).
bool may_repeat(const FailedExchange& failed);

}  // namespace regtool
