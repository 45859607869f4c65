#pragma once
// Content digests, as in the OCI image specification, section "Digests".

#include <regtool/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace regtool {

// The SHA-256 of some bytes. Always well-formed, because only parse() makes one: paths and URLs may be built from it.
class Digest {
 public:
  // Takes "sha256:" and 64 hex digits of either case. Errc::invalid_argument for anything else.
  static Result<Digest> parse(std::string_view text);

  // "sha256:" and 64 lower-case hex digits.
  const std::string& text() const noexcept { return text_; }

  // The 64 digits alone.
  std::string_view hex() const noexcept { return std::string_view(text_).substr(algorithm().size() + 1); }

  // The first 12 digits, for people.
  std::string_view brief() const noexcept { return hex().substr(0, 12); }

  static constexpr std::string_view algorithm() noexcept { return "sha256"; }

  auto operator<=>(const Digest&) const = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A blob as a manifest names it: the two facts that every byte is checked against.
struct Descriptor {
  Digest digest;
  std::uint64_t size = 0;  // bytes

  auto operator<=>(const Descriptor&) const = default;
};

}  // namespace regtool
