#include "exchange.hpp"

#include "request_body.hpp"

#include <Poco/String.h>

namespace regtool {
namespace {

constexpr int max_interim_answers = 32;
constexpr std::chrono::milliseconds continue_timeout{1000};  // RFC 9110, section 10.1.1: do not wait for ever

bool is_idempotent(Method method) { return method != Method::post && method != Method::patch; }

// The request's own wish: 100-continue is never added here.
Result<> await_continue(const Context& ctx, Connection& connection, const Request& request) {
  const auto expect = request.headers.get("Expect");
  if (!expect || Poco::icompare(std::string(*expect), "100-continue") != 0) return {};
  auto answer = connection.wait_input(ctx, Deadline::after(ctx.clock, continue_timeout));
  if (!answer && answer.error().code != Errc::timeout) return answer;
  return {};
}

// Sends what is left of the body. A server that hangs up while it is being sent to may have said why before.
Result<> send_body(const Context& ctx, Connection& connection, RequestBody& body) {
  const auto sent = body.send(ctx, connection);
  if (sent || (sent.error().code == Errc::unavailable && connection.has_input())) return {};
  return fail(sent.error());
}

}  // namespace

Result<Exchanged> exchange(const Context& ctx, Connection& connection, const std::string& head, const Request& request,
                           std::chrono::milliseconds first_byte_timeout) {
  const auto received_before = connection.received();
  RequestBody body(request);
  const auto talk = [&]() -> Result<Exchanged> {
    REGTOOL_TRY(connection.write(ctx, head));
    REGTOOL_TRY(await_continue(ctx, connection, request));
    for (int interim = 0; interim < max_interim_answers; ++interim) {
      REGTOOL_TRY(send_body(ctx, connection, body));
      REGTOOL_TRY_ASSIGN(auto answer,
                         read_response_head(ctx, connection, Deadline::after(ctx.clock, first_byte_timeout)));
      if (answer.status == 101) return fail(Errc::protocol, "the server changes to a protocol that was not asked for");
      if (answer.status >= 200) return Exchanged{std::move(answer), body.empty()};
    }
    return fail(Errc::protocol, "the server sends one interim answer after another");
  };
  auto result = talk();
  if (!result && connection.received() == received_before) body.forget_progress();
  return result;
}

bool may_repeat(const FailedExchange& failed) {
  if (!failed.reused || failed.error != Errc::unavailable || failed.received > 0) return false;
  return is_idempotent(failed.method) || failed.sent == 0;
}

}  // namespace regtool
