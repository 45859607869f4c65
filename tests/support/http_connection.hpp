#pragma once
// The server's side of one HTTP/1.1 connection (RFC 9112), with the faults that a handler's reply asks for.

#include "http_handler.hpp"
#include "tcp_socket.hpp"

#include <string>

namespace regtool {

// Answers requests with `handler` until either side ends the connection. `origin` is the server's own.
void serve_connection(const TcpSocket& socket, const std::string& origin, const Handler& handler);

}  // namespace regtool
