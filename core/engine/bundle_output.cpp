#include "engine/bundle_output.hpp"

#include "engine/bundle_file.hpp"
#include "engine/exclusive_rename.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::size_t compared_at_once = 1 << 20;

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

void remove_quietly(const std::filesystem::path& path) noexcept {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

Result<> move_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return error ? fail(Errc::io, "rename " + from.string() + ": " + error.message()) : Result<>();
}

}  // namespace

// What an earlier run left of the next bytes.
class BundleOutput::Earlier final : public Source {
 public:
  Earlier(const BundleOutput& output, Range range) : output_(output), range_(range) {}
  std::uint64_t size() const noexcept override { return range_.length; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= range_.length) return 0;
    const auto count = std::min<std::uint64_t>(out.size(), range_.length - offset);
    return output_.read_at(range_.first + offset, out.first(static_cast<std::size_t>(count)));
  }

 private:
  const BundleOutput& output_;
  const Range range_;
};

BundleOutput::BundleOutput(BundleTarget target, std::uint64_t size, std::stop_token stop)
    : target_(std::move(target)), size_(size), stop_(std::move(stop)) {}

Result<std::unique_ptr<BundleOutput>> BundleOutput::open(BundleTarget target, std::uint64_t size,
                                                         std::stop_token stop) {
  auto output = std::unique_ptr<BundleOutput>(new BundleOutput(std::move(target), size, std::move(stop)));
  REGTOOL_TRY(output->check_target());
  REGTOOL_TRY(output->find_earlier_run());
  REGTOOL_TRY(output->check_room());
  return output;
}

std::filesystem::path BundleOutput::final_path(std::size_t index) const {
  return target_.volume_size == 0 ? target_.file : volume_path(target_.file, static_cast<unsigned>(index) + 1);
}

std::filesystem::path BundleOutput::partial_path(std::size_t index) const {
  return final_path(index).string() + ".partial";
}

Result<> BundleOutput::check_target() const {
  for (const auto& path : {target_.file, volume_path(target_.file, 1)}) {
    if (!is_there(path)) continue;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      return fail(Errc::invalid_argument, path.string() + " is there, and no regular file; - writes to a pipe");
    }
    if (!target_.replace) return fail(Errc::already_exists, path.string() + " is there; --force replaces it");
  }
  return {};
}

// Volumes are of use as long as each before them is full.
Result<> BundleOutput::find_earlier_run() {
  for (std::size_t i = 0; is_there(partial_path(i)); ++i) {
    REGTOOL_TRY_ASSIGN(auto file, DiskFile::open(partial_path(i), DiskFile::Mode::write));
    REGTOOL_TRY_ASSIGN(const auto size, file.size());
    files_.push_back(std::move(file));
    there_ += size;
    if (target_.volume_size == 0 || size != target_.volume_size) break;
  }
  return {};
}

Result<> BundleOutput::check_room() const {
  std::error_code error;
  const auto space = std::filesystem::space(folder_of(target_.file), error);
  if (error) return fail(Errc::not_found, "open " + folder_of(target_.file).string() + ": " + error.message());
  const auto needed = size_ - std::min(size_, there_);
  if (needed <= space.available) return {};
  return fail(Errc::no_space, fmt::format("the disk of {} has {} MB free, and {} MB are needed", target_.file.string(),
                                          space.available / 1'000'000, needed / 1'000'000 + 1));
}

Result<DiskFile*> BundleOutput::file_at(std::size_t index) {
  while (files_.size() <= index) {
    REGTOOL_TRY_ASSIGN(auto file, DiskFile::open(partial_path(files_.size()), DiskFile::Mode::write));
    REGTOOL_TRY(file.resize(0));
    files_.push_back(std::move(file));
  }
  return &files_[index];
}

std::size_t BundleOutput::volume_of(std::uint64_t offset) const {
  return target_.volume_size == 0 ? 0 : static_cast<std::size_t>(offset / target_.volume_size);
}

// The bytes from `offset` on that are in one volume, as they lie there.
Range BundleOutput::in_volume(std::uint64_t offset, std::uint64_t count) const {
  if (target_.volume_size == 0) return {offset, count};
  const auto first = offset % target_.volume_size;
  return {first, std::min(count, target_.volume_size - first)};
}

Result<std::size_t> BundleOutput::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  const auto index = volume_of(offset);
  if (index >= files_.size()) return 0;
  const auto range = in_volume(offset, out.size());
  return files_[index].read_at(range.first, out.first(static_cast<std::size_t>(range.length)));
}

Result<> BundleOutput::write(std::span<const std::byte> data) noexcept {
  if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
  const auto known = std::min<std::uint64_t>(data.size(), there_ - std::min(there_, at_));
  if (known > 0) {
    const auto head = data.first(static_cast<std::size_t>(known));
    REGTOOL_TRY_ASSIGN(const bool same, same_as_before(head));
    if (same) {
      at_ += known;
      data = data.subspan(head.size());
    } else {
      REGTOOL_TRY(forget_earlier_run());
    }
  }
  return put(data).map_error([&](Error error) { return with_what_is_missing(std::move(error)); });
}

Result<> BundleOutput::put(std::span<const std::byte> data) {
  if (!data.empty() && at_ < there_) REGTOOL_TRY(forget_earlier_run());
  while (!data.empty()) {
    REGTOOL_TRY_ASSIGN(auto* file, file_at(volume_of(at_)));
    const auto range = in_volume(at_, data.size());
    REGTOOL_TRY(file->write_at(range.first, data.first(static_cast<std::size_t>(range.length))));
    at_ += range.length;
    data = data.subspan(static_cast<std::size_t>(range.length));
  }
  return {};
}

Result<bool> BundleOutput::same_as_before(std::span<const std::byte> data) const {
  std::vector<std::byte> before(std::min(data.size(), compared_at_once));
  for (std::size_t at = 0; at < data.size();) {
    const auto wanted = std::span(before).first(std::min(before.size(), data.size() - at));
    REGTOOL_TRY_ASSIGN(const auto count, read_at(at_ + at, wanted));
    if (count == 0 || std::memcmp(before.data(), data.data() + at, count) != 0) return false;
    at += count;
  }
  return true;
}

std::unique_ptr<Source> BundleOutput::left_by_earlier_run(std::uint64_t count) const {
  if (there_ < at_ || there_ - at_ < count) return nullptr;
  return std::make_unique<Earlier>(*this, Range{at_, count});
}

Result<> BundleOutput::forget_earlier_run() {
  const auto kept = volume_of(at_);
  for (auto i = kept + 1; i < files_.size(); ++i) remove_quietly(files_[i].path());
  if (files_.size() > kept + 1) files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(kept) + 1, files_.end());
  if (kept < files_.size()) REGTOOL_TRY(files_[kept].resize(in_volume(at_, 0).first));
  there_ = at_;
  return {};
}

Result<> BundleOutput::commit() {
  REGTOOL_TRY(forget_earlier_run());
  std::erase_if(files_, [](const DiskFile& file) { return file.size().value_or(0) == 0; });
  for (auto& file : files_) REGTOOL_TRY(file.sync());
  const bool split = target_.volume_size > 0;
  // Without its first volume, a bundle of old and new ones is none, should we not come to the end.
  if (split) remove_quietly(final_path(0));
  for (auto i = files_.size(); i-- > 0;) REGTOOL_TRY(move_file(partial_path(i), final_path(i)));
  remove_others();
  return sync_names(folder_of(target_.file));
}

// What is left of another bundle under this name would be taken for a part of this one, or for all of it.
void BundleOutput::remove_others() const noexcept {
  const bool split = target_.volume_size > 0;
  if (split) remove_quietly(target_.file);
  for (auto i = split ? files_.size() : 0; is_there(volume_path(target_.file, static_cast<unsigned>(i) + 1)); ++i) {
    remove_quietly(volume_path(target_.file, static_cast<unsigned>(i) + 1));
  }
  if (!split) return;
  for (auto i = files_.size(); is_there(partial_path(i)); ++i) remove_quietly(partial_path(i));
}

void BundleOutput::discard() noexcept {
  for (const auto& file : files_) remove_quietly(file.path());
  files_.clear();
}

Error BundleOutput::with_what_is_missing(Error error) const {
  if (error.code != Errc::no_space) return error;
  error.message += fmt::format("; {} MB more are needed", (size_ - std::min(size_, at_)) / 1'000'000 + 1);
  return error;
}

}  // namespace regtool
