#pragma once
// The keys of manifests, found without regard to case: <host>/<part of the repository>…/<tag>.

#include <regtool/refs.hpp>

#include "s3_objects.hpp"

#include <optional>
#include <span>
#include <string>

namespace regtool {

class NameKeys {
 public:
  // `objects` outlives it. `root` ends with a slash.
  NameKeys(const S3Objects& objects, std::string root) : objects_(objects), root_(std::move(root)) {}

  // The key in the very spelling.
  std::string exact(const Reference& name) const;

  // The key of a name that is there in another spelling; of several the first in the order of keys.
  Result<std::optional<std::string>> find(const Context& ctx, const Reference& name) const;

  // Where a name that is not there belongs: folders that are there keep their spelling.
  Result<std::string> place_for(const Context& ctx, const Reference& name) const;

  // The name that a key stands for; nothing for another program's.
  std::optional<Reference> name_in(std::string_view key) const;

 private:
  Result<std::optional<std::string>> find(const Context& ctx, const std::string& folder,
                                          std::span<const std::string> parts) const;

  const S3Objects& objects_;
  const std::string root_;
};

}  // namespace regtool
