#pragma once
// Names of models, as in docs/protocol.md, "Names": [scheme://][host/][namespace/]model[:tag][@sha256:<64 hex>]

#include <regtool/digest.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace regtool {

// Always well-formed, because only parse() makes one: paths and URLs may be built from its parts.
class Reference {
 public:
  static constexpr std::string_view default_host = "registry.ollama.ai";
  static constexpr std::string_view default_namespace = "library";
  static constexpr std::string_view default_tag = "latest";

  // Fills in the defaults. Errc::invalid_argument says which part is wrong, and why.
  static Result<Reference> parse(std::string_view text);

  // From the parts, as a store finds them on disk.
  static Result<Reference> from_parts(std::string_view host, std::string_view repository, std::string_view tag);

  const std::string& host() const noexcept { return host_; }              // with the port, if one was given
  const std::string& repository() const noexcept { return repository_; }  // "library/gemma"; one part, or several
  const std::string& tag() const noexcept { return tag_; }

  // The manifest's digest, where the name pins it.
  const std::optional<Digest>& digest() const noexcept { return digest_; }

  // True if the name began with "http://".
  bool plain_http() const noexcept { return plain_http_; }

  // The shortest form that parse() reads as the same name: without the default host, then without the default
  // namespace, always with the tag, with a scheme only where the host would not be known for one.
  std::string display() const;

  // Host, repository and tag are the same but for case.
  bool same_name(const Reference& other) const noexcept;

  bool operator==(const Reference&) const = default;

 private:
  Reference() = default;
  std::string host_, repository_, tag_;
  std::optional<Digest> digest_;
  bool plain_http_ = false;
};

}  // namespace regtool
