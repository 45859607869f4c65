#include "engine/limited_transport.hpp"

#include <algorithm>

namespace regtool {
namespace {

// Says nothing of a file: bytes that went from there by themselves would go past the bucket.
class LimitedSource final : public Source {
 public:
  LimitedSource(const Context& ctx, const Source& inner, TokenBucket& bucket)
      : ctx_(ctx), inner_(inner), bucket_(bucket) {}

  std::uint64_t size() const noexcept override { return inner_.size(); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    out = out.first(std::min<std::uint64_t>(out.size(), bucket_.portion()));
    REGTOOL_TRY(bucket_.take(ctx_, out.size()));
    return inner_.read_at(offset, out);
  }

 private:
  const Context& ctx_;
  const Source& inner_;
  TokenBucket& bucket_;
};

class LimitedResponse final : public Response {
 public:
  LimitedResponse(const Context& ctx, std::unique_ptr<Response> inner, TokenBucket& bucket)
      : ctx_(ctx), inner_(std::move(inner)), bucket_(bucket) {}

  int status() const noexcept override { return inner_->status(); }
  const Headers& headers() const noexcept override { return inner_->headers(); }

  // Paid for afterwards, as only then it is known how many bytes there were.
  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    out = out.first(std::min<std::uint64_t>(out.size(), bucket_.portion()));
    REGTOOL_TRY_ASSIGN(const auto count, inner_->read(out));
    REGTOOL_TRY(bucket_.take(ctx_, count));
    return count;
  }

 private:
  const Context& ctx_;
  const std::unique_ptr<Response> inner_;
  TokenBucket& bucket_;
};

}  // namespace

Result<std::unique_ptr<Response>> LimitedTransport::send(const Context& ctx, const Request& request) noexcept {
  auto limited = request;
  std::optional<LimitedSource> body;
  if (request.body != nullptr) limited.body = &body.emplace(ctx, *request.body, bucket_);
  REGTOOL_TRY_ASSIGN(auto response, inner_.send(ctx, limited));
  return std::make_unique<LimitedResponse>(ctx, std::move(response), bucket_);
}

}  // namespace regtool
