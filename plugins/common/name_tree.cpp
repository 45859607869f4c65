#include "name_tree.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::size_t max_depth = 20;  // more than a reference may have

struct Entry {
  local::Path path;
  local::FileInfo info{};  // of kind other where there is nothing
};

Entry look_at(local::Path path) {
  auto info = local::look_at(path).value_or(std::nullopt).value_or(local::FileInfo());
  return {std::move(path), info};
}

// The entries of `folder` that are called as a part of a name is, but for case, in byte order.
Result<std::vector<Entry>> matches(const local::Path& folder, const std::string& part) {
  REGTOOL_TRY_ASSIGN(const auto names, local::entries(folder));
  const auto name = local::file_name_of(part);
  std::vector<Entry> found;
  for (const auto& spelling : names) {
    if (equal_ignoring_case(spelling, name)) found.push_back(look_at(folder / spelling));
  }
  return found;
}

class Walk {
 public:
  Result<> visit(const local::Path& folder, const local::FileInfo& info) {
    // A link may lead back up: each folder is entered once on every path.
    const auto again = [&](const auto& above) { return above.same_file(info); };
    if (above_.size() > max_depth || std::any_of(above_.begin(), above_.end(), again)) return {};
    above_.push_back(info);
    REGTOOL_TRY_ASSIGN(const auto names, local::entries(folder));
    for (const auto& name : names) {
      if (name.starts_with('.')) continue;  // no part of a name begins so
      parts_.push_back(local::part_of(name));
      REGTOOL_TRY(enter(look_at(folder / name)));
      parts_.pop_back();
    }
    above_.pop_back();
    return {};
  }

  std::vector<RefInfo> found;

 private:
  Result<> enter(const Entry& entry) {
    if (entry.info.kind == local::Kind::folder) return visit(entry.path, entry.info);
    if (entry.info.kind != local::Kind::file || parts_.size() < 3) return {};
    std::string repository = parts_[1];
    for (std::size_t i = 2; i + 1 < parts_.size(); ++i) repository += "/" + parts_[i];
    auto name = Reference::from_parts(parts_.front(), repository, parts_.back());
    if (name) found.push_back({std::move(*name), local::modified(entry.info)});
    return {};
  }

  NameParts parts_;
  std::vector<local::FileInfo> above_;
};

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

NameParts parts_of(const Reference& name) {
  NameParts parts{name.host()};
  const auto& repository = name.repository();
  for (std::size_t at = 0; at <= repository.size();) {
    const auto end = std::min(repository.find('/', at), repository.size());
    parts.push_back(repository.substr(at, end - at));
    at = end + 1;
  }
  parts.push_back(name.tag());
  return parts;
}

Result<std::optional<local::Path>> find_name(const local::Path& folder, std::span<const std::string> parts) {
  auto exact = folder;
  for (const auto& part : parts) exact /= local::file_name_of(part);
  if (look_at(exact).info.kind == local::Kind::file) return exact;
  REGTOOL_TRY_ASSIGN(const auto candidates, matches(folder, parts.front()));
  for (const auto& candidate : candidates) {
    const bool last = parts.size() == 1;
    if (last && candidate.info.kind == local::Kind::file) return candidate.path;
    if (last || candidate.info.kind != local::Kind::folder) continue;
    REGTOOL_TRY_ASSIGN(auto found, find_name(candidate.path, parts.subspan(1)));
    if (found) return found;
  }
  return std::nullopt;
}

Result<local::Path> place_for_name(local::Path folder, std::span<const std::string> parts) {
  for (const auto& part : parts.first(parts.size() - 1)) {
    REGTOOL_TRY_ASSIGN(const auto candidates, matches(folder, part));
    const auto first = std::find_if(candidates.begin(), candidates.end(),
                                    [](const auto& entry) { return entry.info.kind == local::Kind::folder; });
    folder = first == candidates.end() ? folder / local::file_name_of(part) : first->path;
  }
  return folder / local::file_name_of(parts.back());
}

Result<std::vector<RefInfo>> list_names(const local::Path& folder) {
  Walk walk;
  REGTOOL_TRY_ASSIGN(const auto info, local::look_at(folder));
  if (!info) return std::vector<RefInfo>();
  REGTOOL_TRY(walk.visit(folder, *info));
  return std::move(walk.found);
}

}  // namespace regtool
