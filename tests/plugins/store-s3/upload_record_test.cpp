#include "store-s3/upload_record.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

UploadRecord sample() {
  return {"2~AbC/x+", 1000, 128, {256, std::string(64, 'a')}, std::string(64, 'b'), "0123456789abcdef"};
}

TEST(UploadRecord, is_read_as_it_was_written) {
  EXPECT_EQ(parse_upload_record(to_text(sample())), sample());
  EXPECT_EQ(sample().whole_parts(), 2u);
  const UploadRecord begun{.upload_id = "x", .blob_size = 1000, .part_size = 128, .claim = "c"};
  EXPECT_EQ(parse_upload_record(to_text(begun)), begun);
}

TEST(UploadRecord, is_not_read_where_it_does_not_hold_together) {
  const auto bad = [](void (*change)(UploadRecord&)) {
    auto record = sample();
    change(record);
    return !parse_upload_record(to_text(record));
  };
  EXPECT_TRUE(bad([](UploadRecord& r) { r.upload_id = ""; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.upload_id = "a b"; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.upload_id = std::string(5000, 'a'); }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.part_size = 0; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.part_size = 100; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.hashed.bytes = 100; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.hashed.bytes = 1280; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.hashed.value = "xyz"; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.parts = ""; }));
  EXPECT_TRUE(bad([](UploadRecord& r) { r.hashed = {}; }));
}

TEST(UploadRecord, is_not_read_from_other_bytes) {
  const auto text = to_text(sample());
  EXPECT_FALSE(parse_upload_record(""));
  EXPECT_FALSE(parse_upload_record(text + "more\n"));
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_upload_record(text.substr(0, length)));
}

TEST(UploadRecord, tells_parts_apart_by_number_size_and_etag) {
  const std::vector<S3Part> parts{{1, "\"a\"", 10}, {2, "\"b\"", 10}};
  const auto fingerprint = fingerprint_of(parts).value();
  EXPECT_EQ(fingerprint.size(), 64u);
  for (const auto& other : std::vector<std::vector<S3Part>>{{{1, "\"a\"", 10}},
                                                            {{2, "\"a\"", 10}, {1, "\"b\"", 10}},
                                                            {{1, "\"a\"", 10}, {2, "\"c\"", 10}},
                                                            {{1, "\"a\"", 10}, {2, "\"b\"", 11}}}) {
    EXPECT_NE(fingerprint_of(other).value(), fingerprint);
  }
}

}  // namespace
}  // namespace regtool
