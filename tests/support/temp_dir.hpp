#pragma once
// A folder that goes away with its owner.

#include <filesystem>
#include <string>
#include <string_view>

namespace regtool {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Writes a file, with the folders that it needs, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// The whole file. Throws std::runtime_error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

// Makes the folders above it as needed. Throws std::runtime_error.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace regtool
