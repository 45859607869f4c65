#include "request_body.hpp"

#include "request_head.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::size_t piece_size = 256 << 10;

}  // namespace

RequestBody::RequestBody(const Request& request) : request_(request), left_(body_range(request)) {
  if (request.body != nullptr) file_ = request.body->file();
}

Result<> RequestBody::refill() {
  piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left_.length, piece_size)));
  piece_at_ = 0;
  REGTOOL_TRY_ASSIGN(const auto count, request_.body->read_at(left_.first, piece_));
  if (count == 0) return fail(Errc::io, "the bytes to send end " + std::to_string(left_.length) + " bytes too early");
  piece_.resize(count);
  return {};
}

Result<std::size_t> RequestBody::send_some(const Context& ctx, Connection& connection) {
  if (file_) {
    const Range part{file_->range.first + left_.first, left_.length};
    REGTOOL_TRY_ASSIGN(const auto count, connection.send_some(ctx, file_->handle, part));
    if (count) return *count;
    file_.reset();
  }
  if (piece_at_ == piece_.size()) REGTOOL_TRY(refill());
  REGTOOL_TRY_ASSIGN(const auto count, connection.write_some(ctx, std::span(piece_).subspan(piece_at_)));
  piece_at_ += count;
  return count;
}

Result<bool> RequestBody::send(const Context& ctx, Connection& connection) {
  while (!left_.empty()) {
    REGTOOL_TRY_ASSIGN(const auto count, send_some(ctx, connection));
    if (count == 0) return false;
    left_ = {left_.first + count, left_.length - count};
    counted_ += count;
    if (request_.sent != nullptr) *request_.sent += count;
  }
  return true;
}

void RequestBody::forget_progress() noexcept {
  if (request_.sent != nullptr) *request_.sent -= counted_;
  counted_ = 0;
}

}  // namespace regtool
