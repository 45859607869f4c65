#include "engine/bundle_entry.hpp"

#include <regtool/oci_index.hpp>

#include "base/ascii.hpp"
#include "base/printable.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr std::uint64_t max_layout = 4096;
constexpr std::size_t hex_digits = 64;
constexpr std::string_view blobs = "blobs/sha256/";
constexpr std::string_view ours = ".regtool";

tl::unexpected<Error> refuse(const ArchiveEntry& entry, const std::string& why) {
  return fail(Errc::corrupt, "the entry \"" + printable(entry.path, 100) + "\" " + why);
}

bool climbs(std::string_view path) {
  if (path.starts_with('/') || path.find('\\') != path.npos) return true;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (path.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

bool is_hex(std::string_view text) {
  return text.size() == hex_digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_of_regtool(std::string_view path) {
  return path.starts_with(ours) && (path.size() == ours.size() || path[ours.size()] == '/');
}

// What docker writes beside a layout, or wrote before there was one.
bool is_of_docker(std::string_view path) {
  if (path == "manifest.json" || path == "repositories") return true;
  if (!is_hex(path.substr(0, hex_digits))) return false;
  const auto rest = path.substr(hex_digits);
  return rest.empty() || rest == ".json" || rest == "/json" || rest == "/VERSION" || rest == "/layer.tar";
}

bool is_folder_of_layout(std::string_view path) {
  return path.empty() || path == "." || path == "blobs" || path == "blobs/sha256" || is_of_regtool(path) ||
         is_hex(path);
}

// "./blobs/", a folder, as "blobs".
std::string_view normal(const ArchiveEntry& entry) {
  std::string_view path = entry.path;
  while (path.starts_with("./")) path.remove_prefix(2);
  if (entry.kind == ArchiveEntry::Kind::folder && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

Result<BundlePart> bundle_part(const ArchiveEntry& entry) {
  using Kind = BundlePart::Kind;
  if (entry.kind == ArchiveEntry::Kind::other) return refuse(entry, "is " + entry.what);
  if (climbs(entry.path)) return refuse(entry, "leads out of the bundle");
  const auto path = normal(entry);
  if (entry.kind == ArchiveEntry::Kind::folder) {
    return is_folder_of_layout(path) ? Result<BundlePart>(BundlePart{}) : refuse(entry, "has no place in a bundle");
  }
  if (path == oci_index_file) {
    if (entry.size > OciIndex::max_size) return refuse(entry, "is larger than 4 MiB");
    return BundlePart{Kind::index};
  }
  if (path == oci_layout_file) {
    if (entry.size > max_layout) return refuse(entry, "is larger than 4 KiB");
    return BundlePart{Kind::layout};
  }
  if (path.starts_with(blobs) && is_hex(path.substr(blobs.size()))) {
    REGTOOL_TRY_ASSIGN(auto digest, Digest::parse("sha256:" + std::string(path.substr(blobs.size()))));
    return BundlePart{Kind::blob, std::move(digest)};
  }
  if (is_of_regtool(path) || is_of_docker(path)) return BundlePart{};
  return refuse(entry, "has no place in a bundle");
}

Result<BundlePart> BundleRules::admit(const ArchiveEntry& entry) {
  if (++entries_ > max_entries) {
    return fail(Errc::corrupt, "more than " + std::to_string(max_entries) + " entries");
  }
  return bundle_part(entry);
}

Result<> BundleRules::take_index(std::string text) {
  if (index_ && *index_ != text) return fail(Errc::corrupt, "two index.json that differ");
  index_ = std::move(text);
  return {};
}

Result<> BundleRules::check_layout(std::string_view text) {
  if (layout_version_in(text) == "1.0.0") return {};
  return fail(Errc::unsupported, "its layout is not of version 1.0.0, the one that regtool knows");
}

}  // namespace regtool
