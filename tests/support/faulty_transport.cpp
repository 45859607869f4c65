#include "faulty_transport.hpp"

namespace regtool {
namespace {

class FaultyResponse final : public Response {
 public:
  FaultyResponse(std::unique_ptr<Response> inner, NthCallFails& plan, Strike strike, bool ended)
      : inner_(std::move(inner)), plan_(plan), strike_(strike), ended_(ended) {}

  int status() const noexcept override { return inner_->status(); }
  const Headers& headers() const noexcept override { return inner_->headers(); }

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (ended_) return 0;
    auto fault = plan_.step("read");
    if (fault) return inner_->read(out);
    if (strike_ != Strike::cut_short) return fail(std::move(fault).error());
    ended_ = true;
    return 0;
  }

 private:
  const std::unique_ptr<Response> inner_;
  NthCallFails& plan_;
  const Strike strike_;
  bool ended_;
};

}  // namespace

Result<std::unique_ptr<Response>> FaultyTransport::send(const Context& ctx, const Request& request) noexcept {
  auto fault = plan_.step("send");
  if (!fault && strike_ == Strike::unheard) return fail(std::move(fault).error());
  REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, request));
  if (!fault && strike_ == Strike::answer_lost) return fail(std::move(fault).error());
  return std::make_unique<FaultyResponse>(std::move(response), plan_, strike_, !fault);
}

}  // namespace regtool
