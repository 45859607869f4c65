#include "store-s3/upload_record.hpp"

#include "fuzz.hpp"

// Whatever a record says, no more bytes are taken for uploaded than the blob has, and it is written as it was read.
void regtool::fuzz(std::string_view input) {
  const auto record = parse_upload_record(input);
  if (!record) return;
  require(record->hashed.bytes <= record->blob_size);
  require(record->whole_parts() * record->part_size == record->hashed.bytes);
  require(parse_upload_record(to_text(*record)) == record);
}
