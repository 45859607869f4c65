#pragma once
// What a later run, perhaps on another machine, has to know of an unfinished upload.

#include <regtool/verify.hpp>

#include "s3_xml.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

struct UploadRecord {
  std::string upload_id;
  std::uint64_t blob_size = 0;
  std::uint64_t part_size = 0;
  HashState hashed{};   // after so many whole parts
  std::string parts{};  // of these, what fingerprint_of() says; empty where there are none
  std::string claim{};  // random: whoever writes the record writes another one

  std::size_t whole_parts() const noexcept {
    return part_size == 0 ? 0 : static_cast<std::size_t>(hashed.bytes / part_size);
  }

  bool operator==(const UploadRecord&) const = default;
};

// Tells whether parts are the very ones: their ETags, whatever those are made of. Errc::internal when OpenSSL fails.
Result<std::string> fingerprint_of(std::span<const S3Part> parts);

std::string to_text(const UploadRecord& record);

// Nothing for what is no record. Foreign bytes: nobody has verified them.
std::optional<UploadRecord> parse_upload_record(std::string_view text);

}  // namespace regtool
