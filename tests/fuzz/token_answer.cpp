#include <regtool/auth.hpp>

#include "base/system_clock.hpp"
#include "fuzz.hpp"

#include <cstring>

namespace regtool {
namespace {

class Answer final : public Response {
 public:
  explicit Answer(std::string_view body) : body_(body) {}

  int status() const noexcept override { return 200; }
  const Headers& headers() const noexcept override { return headers_; }
  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    const auto count = std::min(out.size(), body_.size());
    std::memcpy(out.data(), body_.data(), count);
    body_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view body_;
  const Headers headers_;
};

class OneAnswer final : public Transport {
 public:
  explicit OneAnswer(std::string_view body) : body_(body) {}

  Result<std::unique_ptr<Response>> send(const Context&, const Request&) noexcept override {
    return std::make_unique<Answer>(body_);
  }

 private:
  const std::string_view body_;
};

class Silence final : public Console {
 public:
  void warn(std::string_view) noexcept override {}
  void debug(std::string_view) noexcept override {}
  Result<std::string> ask_secret(std::string_view) noexcept override { return fail(Errc::unsupported, "nobody"); }
};

}  // namespace
}  // namespace regtool

void regtool::fuzz(std::string_view input) {
  const SystemClock clock;
  Silence silence;
  OneAnswer transport(input);
  const auto credential = fetch_token({{}, clock, silence}, transport, {Method::get, "https://a/token", {}});
  if (credential) require(credential->authorization.find_first_of("\r\n") == std::string::npos);
}
