#include "tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>

namespace regtool {
namespace {

struct Freed {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

class TarWriter final : public ArchiveWriter {
 public:
  explicit TarWriter(ByteOutput& out) : out_(out), writer_(archive_write_new()) {}

  // What was not finished is not to be made to look so: it is closed, for libarchive 3.6 frees its buffer only then,
  // but what it writes meanwhile goes nowhere.
  ~TarWriter() override {
    abandoned_ = true;
    if (finished_ || !writer_) return;
    archive_write_fail(writer_.get());
    archive_write_close(writer_.get());
  }
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  // The calls back know this object by its address.
  Result<> open() {
    if (!writer_) return fail(Errc::internal, "libarchive has no memory");
    // What every program reads, with an extension only for what is larger than 8 GiB.
    archive_write_set_format_pax_restricted(writer_.get());
    archive_write_set_bytes_per_block(writer_.get(), 0);
    archive_write_set_bytes_in_last_block(writer_.get(), 1);
    const auto put = [](archive*, void* self, const void* bytes, std::size_t count) {
      return static_cast<TarWriter*>(self)->put({static_cast<const std::byte*>(bytes), count});
    };
    return checked(archive_write_open2(writer_.get(), this, nullptr, put, nullptr, nullptr));
  }

  Result<> begin(std::string_view path, std::uint64_t size) noexcept override {
    REGTOOL_TRY(end_entry());
    const std::unique_ptr<archive_entry, Freed> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), std::string(path).c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_mtime(entry.get(), 0, 0);
    missing_ = size;
    return checked(archive_write_header(writer_.get(), entry.get()));
  }

  Result<> write(std::span<const std::byte> data) noexcept override {
    if (data.size() > missing_) return fail(Errc::internal, "more bytes than the entry was to have");
    missing_ -= data.size();
    while (!data.empty()) {
      const auto count = archive_write_data(writer_.get(), data.data(), data.size());
      if (count <= 0) return failure();
      data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<> finish() noexcept override {
    REGTOOL_TRY(end_entry());
    finished_ = true;
    return checked(archive_write_close(writer_.get()));
  }

 private:
  // Else it would be filled up with zeros.
  Result<> end_entry() const {
    return missing_ == 0 ? Result<>() : fail(Errc::internal, "fewer bytes than the entry was to have");
  }

  la_ssize_t put(std::span<const std::byte> bytes) {
    if (abandoned_) return static_cast<la_ssize_t>(bytes.size());
    auto written = out_.write(bytes);
    if (written) return static_cast<la_ssize_t>(bytes.size());
    error_ = std::move(written).error();
    return -1;
  }

  Result<> checked(int status) const {
    if (status == ARCHIVE_OK) return {};
    return failure();
  }

  tl::unexpected<Error> failure() const {
    if (error_) return fail(*error_);
    const auto* why = archive_error_string(writer_.get());
    return fail(Errc::internal, std::string("libarchive: ") + (why == nullptr ? "failed" : why));
  }

  ByteOutput& out_;
  const std::unique_ptr<archive, Freed> writer_;
  std::uint64_t missing_ = 0;   // of the entry that was begun
  std::optional<Error> error_;  // of the output
  bool finished_ = false;
  bool abandoned_ = false;
};

}  // namespace

Result<std::unique_ptr<ArchiveWriter>> make_tar_writer(ByteOutput& out) {
  auto writer = std::make_unique<TarWriter>(out);
  REGTOOL_TRY(writer->open());
  return writer;
}

}  // namespace regtool
