// With nothing of libarchive but its tar format: no filter that would unpack what is compressed.

#include "tar_reader.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>

namespace regtool {
namespace {

// Bytes that one call of the input gives.
constexpr std::size_t piece = 256 << 10;

// Bytes, of all headers of one entry together: a name needs some hundred, and nothing of the rest is of use here.
constexpr std::uint64_t max_headers = 1 << 20;

struct Freed {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};

std::string_view compression_of(std::string_view begin) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> magics{{
      {"\x1f\x8b", "gzip"},
      {"\x28\xb5\x2f\xfd", "zstd"},
      {"\xfd"
       "7zXZ",
       "xz"},
      {"BZh", "bzip2"},
      {"\x04\x22\x4d\x18", "lz4"},
  }};
  for (const auto& [magic, name] : magics) {
    if (begin.starts_with(magic)) return name;
  }
  return {};
}

std::string_view name_of_type(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return "a hard link";
  if (archive_entry_sparse_count(entry) > 0) return "a sparse file";
  switch (archive_entry_filetype(entry)) {
    case AE_IFLNK:
      return "a symbolic link";
    case AE_IFIFO:
      return "a pipe";
    case AE_IFCHR:
    case AE_IFBLK:
      return "a device";
    default:
      return "no file";
  }
}

ArchiveEntry describe(archive_entry* entry, archive* reader) {
  ArchiveEntry described;
  const auto* path = archive_entry_pathname(entry);
  if (path == nullptr) path = archive_entry_pathname_utf8(entry);
  described.path = path == nullptr ? "" : path;
  const bool plain = archive_entry_hardlink(entry) == nullptr && archive_entry_sparse_count(entry) == 0;
  if (plain && archive_entry_filetype(entry) == AE_IFREG && archive_entry_size(entry) >= 0) {
    described.size = static_cast<std::uint64_t>(archive_entry_size(entry));
    described.offset = static_cast<std::uint64_t>(archive_filter_bytes(reader, 0));
  } else if (plain && archive_entry_filetype(entry) == AE_IFDIR) {
    described.kind = ArchiveEntry::Kind::folder;
  } else {
    described.kind = ArchiveEntry::Kind::other;
    described.what = name_of_type(entry);
  }
  return described;
}

class TarReader final : public ArchiveReader {
 public:
  explicit TarReader(ByteInput& in) : in_(in), reader_(archive_read_new()) {}

  // The calls back know this object by its address.
  Result<> open() {
    if (!reader_) return fail(Errc::internal, "libarchive has no memory");
    archive_read_support_format_tar(reader_.get());
    archive_read_set_callback_data(reader_.get(), this);
    archive_read_set_read_callback(reader_.get(), [](archive*, void* self, const void** bytes) {
      return static_cast<TarReader*>(self)->give(bytes);
    });
    archive_read_set_skip_callback(reader_.get(), [](archive*, void* self, la_int64_t count) {
      return static_cast<TarReader*>(self)->pass(count);
    });
    headers_ = 0;
    return archive_read_open1(reader_.get()) == ARCHIVE_OK ? Result<>() : failure();
  }

  Result<std::optional<ArchiveEntry>> next() noexcept override {
    if (entry_ != nullptr && archive_read_data_skip(reader_.get()) < ARCHIVE_WARN) return failure();
    headers_ = 0;
    const auto status = archive_read_next_header(reader_.get(), &entry_);
    headers_.reset();
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return failure();
    return describe(entry_, reader_.get());
  }

  Result<std::size_t> read(std::span<std::byte> out) noexcept override {
    const auto count = archive_read_data(reader_.get(), out.data(), out.size());
    if (count < 0) return failure();
    return static_cast<std::size_t>(count);
  }

 private:
  la_ssize_t give(const void** bytes) {
    if (headers_ && *headers_ > max_headers) {
      error_ = Error{Errc::corrupt, "an entry whose headers are larger than 1 MiB", std::nullopt};
      return -1;
    }
    const auto count = in_.read(std::as_writable_bytes(std::span(buffer_)));
    if (!count) {
      error_ = count.error();
      return -1;
    }
    if (headers_) *headers_ += *count;
    if (begin_.size() < longest_magic) begin_.append(buffer_.data(), std::min(*count, longest_magic));
    *bytes = buffer_.data();
    return static_cast<la_ssize_t>(*count);
  }

  la_int64_t pass(la_int64_t count) {
    const auto passed = in_.skip(static_cast<std::uint64_t>(count));
    if (passed) return static_cast<la_int64_t>(*passed);
    error_ = passed.error();
    return -1;
  }

  tl::unexpected<Error> failure() const {
    if (error_) return fail(*error_);
    if (const auto compression = compression_of(begin_); !compression.empty()) {
      return fail(Errc::unsupported, "it is compressed with " + std::string(compression) + ": decompress it first");
    }
    const auto* why = archive_error_string(reader_.get());
    const auto words = std::string(why == nullptr ? "unreadable" : why);
    if (archive_format(reader_.get()) == 0) return fail(Errc::unsupported, "it is no tar archive (" + words + ")");
    return fail(Errc::corrupt, words);
  }

  static constexpr std::size_t longest_magic = 8;

  ByteInput& in_;
  const std::unique_ptr<archive, Freed> reader_;
  archive_entry* entry_ = nullptr;
  std::optional<std::uint64_t> headers_;  // bytes that were read while an entry's headers are being read
  std::optional<Error> error_;            // of the input
  std::string begin_;
  std::array<char, piece> buffer_{};
};

}  // namespace

Result<std::unique_ptr<ArchiveReader>> make_tar_reader(ByteInput& in) {
  auto reader = std::make_unique<TarReader>(in);
  REGTOOL_TRY(reader->open());
  return reader;
}

}  // namespace regtool
