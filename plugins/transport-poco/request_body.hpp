#pragma once
// The body of a request on its way out.

#include <regtool/transport.hpp>

#include "connection.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace regtool {

// Used by one thread. What it counted in Request::sent stays there only if the request is not begun again.
class RequestBody {
 public:
  explicit RequestBody(const Request& request);

  // Sends what is left. False if it stopped since the server has something to say.
  Result<bool> send(const Context& ctx, Connection& connection);

  bool empty() const noexcept { return left_.empty(); }

  // Takes back what was counted, before the body is sent anew.
  void forget_progress() noexcept;

 private:
  // Sends some of what is left; 0 when the server has something to say.
  Result<std::size_t> send_some(const Context& ctx, Connection& connection);
  Result<> refill();

  const Request& request_;
  Range left_;                      // not sent yet, of the source
  std::optional<FileRegion> file_;  // the source, for as long as the system sends it by itself
  std::vector<std::byte> piece_;
  std::size_t piece_at_ = 0;
  std::uint64_t counted_ = 0;
};

}  // namespace regtool
