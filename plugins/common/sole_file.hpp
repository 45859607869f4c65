#pragma once
// Proof that no other program on this machine has a file open.

#include "local_file.hpp"

namespace regtool::local {

// A file that was opened for reading and writing when nobody else had it open. Meanwhile others that open it wait, or
// are refused.
class SoleFile {
 public:
  // Nothing when there is no such file, or when others have it open, or when the system cannot tell (a file system
  // without leases, a file of another user).
  static Result<SoleFile> open(const Path& path);

  SoleFile() = default;
  SoleFile(SoleFile&& other) noexcept = default;
  SoleFile& operator=(SoleFile&& other) noexcept = default;
  ~SoleFile();

  explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  const File& file() const noexcept { return file_; }

  // Still nobody else has it open, or waits for it.
  bool held() const noexcept;

  // The file, as any other one, locked if it was. `path` leads to it. Nothing when somebody was faster.
  Result<File> release(const Path& path) &&;

 private:
  explicit SoleFile(File file) noexcept : file_(std::move(file)) {}
  void end() noexcept;

  File file_;
};

}  // namespace regtool::local
