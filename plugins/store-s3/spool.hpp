#pragma once
// The local disk space in which bytes wait until they are uploaded and hashed.

#include <regtool/result.hpp>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>

namespace regtool {

// What was done in the spool's folder, with a failure that says which one it is.
template <class T>
Result<T> of_spool(Result<T> done) {
  return std::move(done).map_error([](Error error) {
    if (error.code == Errc::not_found) error.code = Errc::invalid_argument;  // the folder, not a blob
    error.message += " (store.spool names the folder)";
    return error;
  });
}

// What all blobs under way share: a folder, and how many bytes they may have in it. Its mutex guards their state too,
// for one waits for what another gives back.
class Spool {
 public:
  Spool(std::filesystem::path folder, std::uint64_t bytes) : folder_(std::move(folder)), bytes_(bytes) {}

  const std::filesystem::path& folder() const noexcept { return folder_; }
  std::mutex& mutex() noexcept { return mutex_; }

  // Whoever changed something that another may wait for.
  std::condition_variable_any& changed() noexcept { return changed_; }

  // The rest with the mutex held.

  // How far a new blob may run ahead of its hash: half of what nobody has reserved, in whole parts, and one part at
  // least, so that the bound is exceeded rather than a blob held up.
  std::uint64_t window_for(std::uint64_t blob_size, std::uint64_t part_size) const noexcept;

  void reserve(std::uint64_t bytes) noexcept { reserved_ += bytes; }
  void unreserve(std::uint64_t bytes) noexcept;

  // Of what nobody has reserved.
  bool try_borrow(std::uint64_t bytes) noexcept;
  void give_back(std::uint64_t bytes) noexcept;

 private:
  std::uint64_t free() const noexcept;

  const std::filesystem::path folder_;
  const std::uint64_t bytes_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t reserved_ = 0;
  std::uint64_t borrowed_ = 0;
};

}  // namespace regtool
