#include "engine/content_range.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_upload_range(input);
  const auto parsed = parse_content_range(input);
  if (!parsed) return;
  require(!parsed->range.empty());
  if (parsed->size) require(parsed->range.end() <= *parsed->size);
}
