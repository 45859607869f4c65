#pragma once
// Tar archives made by hand (POSIX.1-1988, "ustar"): also such as no program would make.

#include <cstdint>
#include <string>
#include <string_view>

namespace regtool {

struct TarHead {
  std::string path;
  char type = '0';  // a file; '1' hard link, '2' symbolic link, '3' device, '5' folder, '6' pipe, 'x' pax header
  std::string link{};
};

// One entry: `size` is what its head says, if not the size of the bytes.
std::string tar_entry(const TarHead& head, std::string_view bytes, std::int64_t size = -1);

inline std::string tar_file(std::string path, std::string_view bytes) { return tar_entry({std::move(path)}, bytes); }

// The two blocks that end an archive.
std::string tar_end();

}  // namespace regtool
