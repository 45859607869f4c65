#include "name_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <strings.h>

namespace regtool {
namespace {

constexpr std::size_t max_depth = 20;  // more than a reference may have

enum class Kind { file, folder, other };

struct Entry {
  posix::Path path;
  Kind kind = Kind::other;
  struct stat info {};
};

Entry look_at(posix::Path path) {
  Entry entry{std::move(path)};
  if (::stat(entry.path.c_str(), &entry.info) < 0) return entry;
  if (S_ISREG(entry.info.st_mode)) entry.kind = Kind::file;
  if (S_ISDIR(entry.info.st_mode)) entry.kind = Kind::folder;
  return entry;
}

// The entries of `folder` that are called `name` but for case, in byte order.
Result<std::vector<Entry>> matches(const posix::Path& folder, const std::string& name) {
  REGTOOL_TRY_ASSIGN(const auto names, posix::entries(folder));
  std::vector<Entry> found;
  for (const auto& spelling : names) {
    if (::strcasecmp(spelling.c_str(), name.c_str()) == 0) found.push_back(look_at(folder / spelling));
  }
  return found;
}

class Walk {
 public:
  Result<> visit(const posix::Path& folder, const struct stat& info) {
    // A link may lead back up: each folder is entered once on every path.
    const auto again = [&](const auto& above) { return above.st_ino == info.st_ino && above.st_dev == info.st_dev; };
    if (above_.size() > max_depth || std::any_of(above_.begin(), above_.end(), again)) return {};
    above_.push_back(info);
    REGTOOL_TRY_ASSIGN(const auto names, posix::entries(folder));
    for (const auto& name : names) {
      if (name.starts_with('.')) continue;  // no part of a name begins so
      parts_.push_back(name);
      REGTOOL_TRY(enter(look_at(folder / name)));
      parts_.pop_back();
    }
    above_.pop_back();
    return {};
  }

  std::vector<RefInfo> found;

 private:
  Result<> enter(const Entry& entry) {
    if (entry.kind == Kind::folder) return visit(entry.path, entry.info);
    if (entry.kind != Kind::file || parts_.size() < 3) return {};
    std::string repository = parts_[1];
    for (std::size_t i = 2; i + 1 < parts_.size(); ++i) repository += "/" + parts_[i];
    auto name = Reference::from_parts(parts_.front(), repository, parts_.back());
    if (name) found.push_back({std::move(*name), posix::modified(entry.info)});
    return {};
  }

  NameParts parts_;
  std::vector<struct stat> above_;
};

}  // namespace

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

Result<std::optional<posix::Path>> find_name(const posix::Path& folder, std::span<const std::string> parts) {
  auto exact = folder;
  for (const auto& part : parts) exact /= part;
  if (look_at(exact).kind == Kind::file) return exact;
  REGTOOL_TRY_ASSIGN(const auto candidates, matches(folder, parts.front()));
  for (const auto& candidate : candidates) {
    const bool last = parts.size() == 1;
    if (last && candidate.kind == Kind::file) return candidate.path;
    if (last || candidate.kind != Kind::folder) continue;
    REGTOOL_TRY_ASSIGN(auto found, find_name(candidate.path, parts.subspan(1)));
    if (found) return found;
  }
  return std::nullopt;
}

Result<posix::Path> place_for_name(posix::Path folder, std::span<const std::string> parts) {
  for (const auto& part : parts.first(parts.size() - 1)) {
    REGTOOL_TRY_ASSIGN(const auto candidates, matches(folder, part));
    const auto first = std::find_if(candidates.begin(), candidates.end(),
                                    [](const auto& entry) { return entry.kind == Kind::folder; });
    folder = first == candidates.end() ? folder / part : first->path;
  }
  return folder / parts.back();
}

Result<std::vector<RefInfo>> list_names(const posix::Path& folder) {
  Walk walk;
  struct stat info {};
  if (::stat(folder.c_str(), &info) < 0) {
    if (errno != ENOENT) return fail(posix::os_error(errno, "look at", folder));
    return std::vector<RefInfo>();
  }
  REGTOOL_TRY(walk.visit(folder, info));
  return std::move(walk.found);
}

}  // namespace regtool
