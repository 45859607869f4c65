#include "name_keys.hpp"

#include "name_tree.hpp"

#include <algorithm>

namespace regtool {

std::string NameKeys::exact(const Reference& name) const {
  return root_ + name.host() + "/" + name.repository() + "/" + name.tag();
}

Result<std::optional<std::string>> NameKeys::find(const Context& ctx, const Reference& name) const {
  return find(ctx, root_, parts_of(name));
}

Result<std::optional<std::string>> NameKeys::find(const Context& ctx, const std::string& folder,
                                                  std::span<const std::string> parts) const {
  const bool last = parts.size() == 1;
  std::vector<std::string> candidates;
  REGTOOL_TRY(objects_.list(ctx, folder, "/", [&](const S3ObjectPage& page) -> Result<> {
    if (last) {
      for (const auto& object : page.objects) candidates.push_back(object.key);
    } else {
      candidates.insert(candidates.end(), page.folders.begin(), page.folders.end());
    }
    return {};
  }));
  for (const auto& candidate : candidates) {
    if (!equal_ignoring_case(candidate, folder + parts.front() + (last ? "" : "/"))) continue;
    if (last) return candidate;
    REGTOOL_TRY_ASSIGN(auto found, find(ctx, candidate, parts.subspan(1)));
    if (found) return found;
  }
  return std::nullopt;
}

Result<std::string> NameKeys::place_for(const Context& ctx, const Reference& name) const {
  auto folder = root_;
  const auto parts = parts_of(name);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto own = folder + parts[i] + "/";
    std::optional<std::string> there;
    REGTOOL_TRY(objects_.list(ctx, folder, "/", [&](const S3ObjectPage& page) -> Result<> {
      const auto same = [&](const std::string& one) { return !there && equal_ignoring_case(one, own); };
      const auto found = std::ranges::find_if(page.folders, same);
      if (found != page.folders.end()) there = *found;
      return {};
    }));
    folder = there.value_or(own);
  }
  return folder + parts.back();
}

std::optional<Reference> NameKeys::name_in(std::string_view key) const {
  if (!key.starts_with(root_)) return std::nullopt;
  key.remove_prefix(root_.size());
  const auto first = key.find('/');
  const auto last = key.rfind('/');
  if (first == key.npos || first == last) return std::nullopt;
  auto name =
      Reference::from_parts(key.substr(0, first), key.substr(first + 1, last - first - 1), key.substr(last + 1));
  if (!name) return std::nullopt;
  return std::move(*name);
}

}  // namespace regtool
