#include "store-s3/s3_xml.hpp"

#include "fuzz.hpp"

// Whatever a service answers: words fit for one line, entries with what they need, and what was read of parts can be
// written and read again.
void regtool::fuzz(std::string_view input) {
  const auto words = parse_error(input);
  for (const auto& text : {words.code, words.message, words.region}) {
    for (const char c : text) require(c >= 0x20 && c < 0x7f);
  }
  if (const auto page = parse_object_page(input)) {
    for (const auto& object : page->objects) require(!object.key.empty());
  }
  if (const auto page = parse_upload_page(input)) {
    for (const auto& upload : page->uploads) require(!upload.key.empty() && !upload.id.empty());
  }
  if (const auto id = parse_upload_id(input)) require(!id->empty());
  const auto page = parse_part_page(input);
  if (!page) return;
  const auto text = completion_of(page->parts);
  require(text.starts_with("<CompleteMultipartUpload>") && text.ends_with("</CompleteMultipartUpload>"));
}
