#include "upload_record.hpp"

#include "hashing.hpp"
#include "number_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::string_view header = "regtool upload 1";
constexpr std::size_t max_id = 1024;

// Takes the value of the next line, which is "<name> <value>\n".
std::optional<std::string> take_line(std::string_view& text, std::string_view name) {
  const auto end = text.find('\n');
  if (end == text.npos || end <= name.size() || !text.starts_with(name) || text[name.size()] != ' ')
    return std::nullopt;
  std::string value(text.substr(name.size() + 1, end - name.size() - 1));
  text.remove_prefix(end + 1);
  return value;
}

std::optional<std::uint64_t> take_number(std::string_view& text, std::string_view name) {
  const auto value = take_line(text, name);
  return value ? number_in(*value) : std::nullopt;
}

bool is_hex(std::string_view text, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  return text.size() == size && text.find_first_not_of(digits) == text.npos;
}

// It stands in a query and in XML.
bool is_upload_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool holds_together(const UploadRecord& record) {
  constexpr std::uint64_t block = 64;
  if (!is_upload_id(record.upload_id) || record.part_size == 0 || record.part_size % block != 0) return false;
  if (record.hashed.bytes > record.blob_size || record.hashed.bytes % record.part_size != 0) return false;
  const bool none = record.hashed.bytes == 0;
  return none ? record.hashed.value.empty() && record.parts.empty()
              : is_hex(record.hashed.value, 64) && is_hex(record.parts, 64);
}

}  // namespace

Result<std::string> fingerprint_of(std::span<const S3Part> parts) {
  std::string text;
  for (const auto& part : parts) text += fmt::format("{} {} {}\n", part.number, part.size, part.etag);
  return sha256_hex(text);
}

std::string to_text(const UploadRecord& record) {
  return fmt::format("{}\nid {}\nsize {}\npart-size {}\nhashed {}\nstate {}\nparts {}\nclaim {}\n", header,
                     record.upload_id, record.blob_size, record.part_size, record.hashed.bytes, record.hashed.value,
                     record.parts, record.claim);
}

std::optional<UploadRecord> parse_upload_record(std::string_view text) {
  if (!text.starts_with(header) || text.substr(header.size(), 1) != "\n") return std::nullopt;
  text.remove_prefix(header.size() + 1);
  auto id = take_line(text, "id");
  const auto size = take_number(text, "size");
  const auto part_size = take_number(text, "part-size");
  const auto hashed = take_number(text, "hashed");
  auto state = take_line(text, "state");
  auto parts = take_line(text, "parts");
  auto claim = take_line(text, "claim");
  if (!id || !size || !part_size || !hashed || !state || !parts || !claim || !text.empty()) return std::nullopt;
  UploadRecord record{std::move(*id),   *size, *part_size, {*hashed, std::move(*state)}, std::move(*parts),
                      std::move(*claim)};
  if (!holds_together(record)) return std::nullopt;
  return record;
}

}  // namespace regtool
