#include "file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace regtool {

FileSource::FileSource(const std::filesystem::path& path, Range part)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), part_(part) {
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
}

FileSource::~FileSource() { ::close(file_); }

Result<std::size_t> FileSource::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  ++reads_;
  if (offset >= part_.length) return 0;
  const auto wanted = std::min<std::uint64_t>(out.size(), part_.length - offset);
  const auto count = ::pread(file_, out.data(), wanted, static_cast<off_t>(part_.first + offset));
  if (count < 0) return fail(Errc::io, "pread");
  if (count == 0) return fail(Errc::corrupt, "the file has become shorter");
  return static_cast<std::size_t>(count);
}

}  // namespace regtool
