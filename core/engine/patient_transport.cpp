#include "engine/patient_transport.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

class PatientResponse final : public Response {
 public:
  PatientResponse(const Clock& clock, std::chrono::milliseconds patience)
      : clock_(clock), patience_(patience), end_(clock.now() + patience) {}

  void set(std::unique_ptr<Response> inner) { inner_ = std::move(inner); }

  int status() const noexcept override { return inner_->status(); }
  const Headers& headers() const noexcept override { return inner_->headers(); }

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    if (clock_.now() < end_) return inner_->read(out);
    return fail(Errc::timeout, fmt::format("timed out: the answer had not ended after {:g} s",
                                           std::chrono::duration<double>(patience_).count()));
  }

 private:
  const Clock& clock_;
  const std::chrono::milliseconds patience_;
  const std::chrono::steady_clock::time_point end_;
  std::unique_ptr<Response> inner_;
};

}  // namespace

Result<std::unique_ptr<Response>> PatientTransport::send(const Context& ctx, const Request& request) noexcept {
  auto patient = std::make_unique<PatientResponse>(ctx.clock, patience_);
  REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, request));
  patient->set(std::move(response));
  return patient;
}

}  // namespace regtool
