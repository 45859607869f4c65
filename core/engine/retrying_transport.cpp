#include "engine/retrying_transport.hpp"

#include "base/http_error.hpp"
#include "engine/retry.hpp"

namespace regtool {

Result<std::unique_ptr<Response>> RetryingTransport::send(const Context& ctx, const Request& request) noexcept {
  return with_retries(ctx, settings_, [&]() -> Result<std::unique_ptr<Response>> {
    REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, request));
    const Error as_error{errc_of_status(response->status()), {}, {}};
    const bool good = response->status() < 400;
    if (!good && as_error.transient()) return fail(http_error(ctx, *response));
    return response;
  });
}

}  // namespace regtool
