#include <regtool/digest.hpp>

#include "base/printable.hpp"

#include <algorithm>

namespace regtool {

Result<Digest> Digest::parse(std::string_view text) {
  constexpr std::size_t digits = 64;
  const auto refuse = [&](const char* why) {
    return fail(Errc::invalid_argument, "digest \"" + printable(text, 80) + "\": " + why);
  };
  if (!text.starts_with(algorithm()) || !text.substr(algorithm().size()).starts_with(':')) {
    return refuse("only sha256: is supported");
  }
  const auto hex = text.substr(algorithm().size() + 1);
  if (hex.size() != digits) return refuse("expected 64 hex digits");
  std::string canonical(text);
  for (auto& c : canonical) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::all_of(canonical.begin() + static_cast<std::ptrdiff_t>(algorithm().size()) + 1, canonical.end(), is_hex)) {
    return refuse("expected 64 hex digits");
  }
  return Digest(std::move(canonical));
}

}  // namespace regtool
