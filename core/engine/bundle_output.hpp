#pragma once
// A bundle that is being written, to one file or to volumes, and appears under its name when it is whole.

#include <regtool/archive.hpp>
#include <regtool/source.hpp>

#include "base/disk_file.hpp"

#include <filesystem>
#include <stop_token>
#include <vector>

namespace regtool {

struct BundleTarget {
  std::filesystem::path file;
  std::uint64_t volume_size = 0;  // bytes, of every volume but the last; 0: one file
  bool replace = false;           // what is there under that name
};

// Writes to files beside those that are to be, with ".partial" after their names. What an earlier run has left there is
// taken for the beginning of what is written now as far as the bytes are the same. Used by one thread.
class BundleOutput final : public ByteOutput {
 public:
  // `size` is that of the whole bundle, about: Errc::no_space, with how much is missing, when the disk has less.
  // Errc::already_exists for a bundle that is there and is not to be replaced.
  static Result<std::unique_ptr<BundleOutput>> open(BundleTarget target, std::uint64_t size, std::stop_token stop);

  // Errc::no_space says how much more would have been needed.
  Result<> write(std::span<const std::byte> data) noexcept override;

  // How many bytes were written.
  std::uint64_t position() const noexcept { return at_; }

  // The next `count` bytes as an earlier run left them; null where it did not come so far.
  std::unique_ptr<Source> left_by_earlier_run(std::uint64_t count) const;

  // That the earlier run left nothing more of use.
  Result<> forget_earlier_run();

  // Makes all of it durable and gives the files their names, the first volume last.
  Result<> commit();

  // Removes what was written.
  void discard() noexcept;

  // How many files there are, or will be.
  std::size_t volumes() const noexcept { return files_.size(); }

 private:
  BundleOutput(BundleTarget target, std::uint64_t size, std::stop_token stop);
  std::filesystem::path final_path(std::size_t index) const;
  std::filesystem::path partial_path(std::size_t index) const;
  Result<> check_target() const;
  Result<> find_earlier_run();
  void remove_others() const noexcept;
  Result<> check_room() const;
  Result<> put(std::span<const std::byte> data);
  Result<bool> same_as_before(std::span<const std::byte> data) const;
  Result<DiskFile*> file_at(std::size_t index);
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;
  Range in_volume(std::uint64_t offset, std::uint64_t count) const;
  std::size_t volume_of(std::uint64_t offset) const;
  Error with_what_is_missing(Error error) const;

  class Earlier;
  const BundleTarget target_;
  const std::uint64_t size_;
  const std::stop_token stop_;
  std::vector<DiskFile> files_;
  std::uint64_t at_ = 0;
  std::uint64_t there_ = 0;  // bytes that an earlier run left, and that may be of use
};

}  // namespace regtool
