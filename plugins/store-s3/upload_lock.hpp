#pragma once
// Whether somebody on this machine works on an upload: a locked file in the spool's folder. A lock ends with its
// process.

#include <regtool/result.hpp>

#include "local_file.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

// Held until destruction. The file stays where it is unless remove() was called: an upload that is resumed later is
// found to be nobody's by it.
class UploadLock {
 public:
  UploadLock(UploadLock&&) = default;
  UploadLock& operator=(UploadLock&&) = default;

  void remove() noexcept;

  // When it was made.
  std::chrono::system_clock::time_point modified() const noexcept;

 private:
  friend class UploadLocks;
  UploadLock(std::filesystem::path path, local::File file) : path_(std::move(path)), file_(std::move(file)) {}
  std::filesystem::path path_;
  local::File file_;
};

// The locks of one store. Names are hex digits.
class UploadLocks {
 public:
  // `store` tells stores apart that share a folder, as hex digits.
  UploadLocks(std::filesystem::path folder, const std::string& store);

  enum class Holder {
    nobody,    // on this machine, where it was begun
    somebody,  // on this machine
    unknown,   // it was not begun here, or the file is gone
  };
  struct Found {
    Holder holder;
    std::optional<UploadLock> lock{};  // ours now, where it was nobody's
  };
  Found take(const std::string& name) const noexcept;

  // A new one, or one for an upload that was not begun here. Errc::io, Errc::forbidden, Errc::invalid_argument;
  // Errc::already_exists.
  Result<UploadLock> create(const std::string& name) const;

  // The names of all there are.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_of(const std::string& name) const { return folder_ / (prefix_ + name + suffix); }

  static constexpr const char* suffix = ".lock";
  const std::filesystem::path folder_;
  const std::string prefix_;
};

}  // namespace regtool
