#include "engine/bundle_file.hpp"

#include "base/disk_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::string_view first_volume = ".001";

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// True for a name such as those of later volumes.
bool is_volume_of(const std::filesystem::path& file, const std::filesystem::path& candidate) {
  const auto prefix = file.filename().string() + ".";
  const auto name = candidate.filename().string();
  return name.size() >= prefix.size() + 3 && name.starts_with(prefix) &&
         name.find_first_not_of("0123456789", prefix.size()) == name.npos;
}

Result<std::vector<std::filesystem::path>> all_volumes(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> volumes;
  while (is_there(volume_path(file, static_cast<unsigned>(volumes.size()) + 1))) {
    volumes.push_back(volume_path(file, static_cast<unsigned>(volumes.size()) + 1));
  }
  std::error_code error;
  std::size_t there = 0;
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (is_volume_of(file, entry.path())) ++there;
  }
  if (there > volumes.size()) {
    const auto missing = volume_path(file, static_cast<unsigned>(volumes.size()) + 1);
    return fail(Errc::not_found, missing.string() + " is missing, and others of its volumes are there");
  }
  return volumes;
}

class Volumes final : public Source {
 public:
  static Result<std::unique_ptr<Volumes>> open(const std::vector<std::filesystem::path>& paths) {
    auto volumes = std::unique_ptr<Volumes>(new Volumes);
    for (const auto& path : paths) {
      REGTOOL_TRY_ASSIGN(auto file, DiskFile::open(path, DiskFile::Mode::read));
      REGTOOL_TRY_ASSIGN(const auto size, file.size());
      volumes->files_.push_back(std::move(file));
      volumes->ends_.push_back(volumes->size() + size);
    }
    return volumes;
  }

  std::uint64_t size() const noexcept override { return ends_.empty() ? 0 : ends_.back(); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), offset);
    if (end == ends_.end() || out.empty()) return 0;
    const auto begin = end == ends_.begin() ? 0 : *std::prev(end);
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), *end - offset)));
    const auto& file = files_[static_cast<std::size_t>(end - ends_.begin())];
    REGTOOL_TRY_ASSIGN(const auto count, file.read_at(offset - begin, out));
    if (count == 0) return fail(Errc::corrupt, "read " + file.path().string() + ": it has become shorter");
    return count;
  }

 private:
  Volumes() = default;
  std::vector<DiskFile> files_;
  std::vector<std::uint64_t> ends_;  // of each, in the whole
};

class Part final : public Source {
 public:
  Part(const Source& whole, Range range) : whole_(whole), range_(range) {}

  std::uint64_t size() const noexcept override { return range_.length; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= range_.length) return 0;
    const auto count = std::min<std::uint64_t>(out.size(), range_.length - offset);
    return whole_.read_at(range_.first + offset, out.first(static_cast<std::size_t>(count)));
  }

 private:
  const Source& whole_;
  const Range range_;
};

}  // namespace

std::filesystem::path volume_path(const std::filesystem::path& file, unsigned number) {
  return file.string() + fmt::format(".{:03}", number);
}

Result<std::vector<std::filesystem::path>> find_volumes(const std::filesystem::path& named) {
  const auto text = named.string();
  if (text.ends_with(first_volume) && is_there(named))
    return all_volumes(text.substr(0, text.size() - first_volume.size()));
  if (is_there(named)) return std::vector{named};
  REGTOOL_TRY_ASSIGN(auto volumes, all_volumes(named));
  if (volumes.empty())
    return fail(Errc::not_found, "there is no " + text + ", and no " + volume_path(named, 1).string());
  return volumes;
}

Result<std::unique_ptr<Source>> open_bundle(const std::filesystem::path& named) {
  REGTOOL_TRY_ASSIGN(const auto paths, find_volumes(named));
  return Volumes::open(paths);
}

std::unique_ptr<Source> part_of(const Source& whole, Range range) { return std::make_unique<Part>(whole, range); }

Result<std::size_t> SourceInput::read(std::span<std::byte> out) noexcept {
  if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
  REGTOOL_TRY_ASSIGN(const auto count, source_.read_at(at_, out));
  at_ += count;
  return count;
}

Result<std::uint64_t> SourceInput::skip(std::uint64_t count) noexcept {
  const auto passed = std::min(count, source_.size() - std::min(at_, source_.size()));
  at_ += passed;
  return passed;
}

}  // namespace regtool
