#include <regtool/auth.hpp>
#include <regtool/encoding.hpp>

#include "base/environment.hpp"

#include <algorithm>

namespace regtool {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

Result<std::optional<Login>> find_login(const Config& config) {
  Login login{config.text("user"), config.text("password")};
  if (login.password.empty()) {
    const auto environment = process_environment();
    if (login.user.empty()) login.user = environment("REGTOOL_USER").value_or("");
    login.password = environment("REGTOOL_PASSWORD").value_or("");
  }
  if (login.user.empty() && login.password.empty()) return std::nullopt;
  if (login.user.empty()) return fail(Errc::invalid_argument, "there is a password, but no user");
  if (has_control(login.user) || has_control(login.password) || login.user.find(':') != std::string::npos) {
    return fail(Errc::invalid_argument,
                "a user may not have a colon, and neither it nor the password control characters");
  }
  return login;
}

std::string basic_authorization(const Login& login) {
  return "Basic " + to_base64(as_bytes(login.user + ":" + login.password));
}

}  // namespace regtool
