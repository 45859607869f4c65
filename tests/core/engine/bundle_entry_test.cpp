#include "engine/bundle_entry.hpp"

#include "digest_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using Kind = BundlePart::Kind;

ArchiveEntry file(std::string path, std::uint64_t size = 10) {
  ArchiveEntry entry;
  entry.path = std::move(path);
  entry.size = size;
  return entry;
}

const std::string hex(64, 'a');

TEST(BundleEntry, is_known_by_its_path) {
  const struct {
    std::string path;
    Kind kind;
  } table[] = {
      {"oci-layout", Kind::layout},
      {"index.json", Kind::index},
      {"./index.json", Kind::index},
      {"blobs/sha256/" + hex, Kind::blob},
      {"././blobs/sha256/" + hex, Kind::blob},
      // docker's
      {"manifest.json", Kind::passed_over},
      {"repositories", Kind::passed_over},
      {hex + ".json", Kind::passed_over},
      {hex + "/layer.tar", Kind::passed_over},
      {hex + "/VERSION", Kind::passed_over},
      // our own, of a folder that somebody packed
      {".regtool/verified", Kind::passed_over},
      {"./.regtool/staging/x", Kind::passed_over},
  };
  for (const auto& row : table) {
    const auto part = bundle_part(file(row.path));
    ASSERT_TRUE(part) << part.error().message;
    EXPECT_EQ(part->kind, row.kind) << row.path;
  }
  EXPECT_EQ(bundle_part(file("blobs/sha256/" + hex))->digest->hex(), hex);
}

TEST(BundleEntry, may_be_a_folder_of_the_layout) {
  for (const auto* path : {"./", ".", "blobs", "blobs/", "./blobs/sha256/", ".regtool/"}) {
    auto folder = file(path, 0);
    folder.kind = ArchiveEntry::Kind::folder;
    EXPECT_TRUE(bundle_part(folder)) << path;
  }
  auto folder = file("etc/", 0);
  folder.kind = ArchiveEntry::Kind::folder;
  EXPECT_FALSE(bundle_part(folder));
}

TEST(BundleEntry, is_refused_in_one_line_that_names_it) {
  const struct {
    std::string path, why;
    std::uint64_t size = 10;
  } table[] = {
      {"/etc/passwd", "leads out of the bundle"},
      {"/blobs/sha256/" + hex, "leads out of the bundle"},
      {"../index.json", "leads out of the bundle"},
      {"blobs/../../x", "leads out of the bundle"},
      {"blobs/..", "leads out of the bundle"},
      {".regtool/../../x", "leads out of the bundle"},
      {"blobs\\sha256\\" + hex, "leads out of the bundle"},
      {"C:\\x", "leads out of the bundle"},
      {"", "has no place"},
      {"x", "has no place"},
      {"blobs/sha256/" + hex + "0", "has no place"},
      {"blobs/sha256/" + std::string(64, 'A'), "has no place"},
      {"blobs/sha256/" + std::string(63, 'a'), "has no place"},
      {"blobs/sha512/" + hex + hex, "has no place"},
      {"blobs/sha256/x/" + hex, "has no place"},
      {"oci-layout/", "has no place"},
      {"index.json/x", "has no place"},
      {".regtoolx", "has no place"},
      {"two\nlines", "has no place"},
      {"index.json", "is larger than 4 MiB", (4 << 20) + 1},
      {"oci-layout", "is larger than 4 KiB", 5000},
  };
  for (const auto& row : table) {
    const auto part = bundle_part(file(row.path, row.size));
    ASSERT_FALSE(part) << row.path;
    EXPECT_EQ(part.error().code, Errc::corrupt);
    EXPECT_THAT(part.error().message, HasSubstr(row.why)) << row.path;
    EXPECT_EQ(part.error().message.find('\n'), std::string::npos);
  }
}

TEST(BundleEntry, that_is_no_file_is_refused_wherever_it_is) {
  auto link = file("index.json");
  link.kind = ArchiveEntry::Kind::other;
  link.what = "a symbolic link";
  const auto part = bundle_part(link);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().message, "the entry \"index.json\" is a symbolic link");
}

TEST(BundleRules, count_the_entries) {
  BundleRules rules;
  for (std::size_t i = 0; i < BundleRules::max_entries; ++i) ASSERT_TRUE(rules.admit(file("repositories")));
  const auto one_more = rules.admit(file("repositories"));
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, Errc::corrupt);
}

TEST(BundleRules, take_an_index_twice_if_it_is_the_same) {
  BundleRules rules;
  EXPECT_TRUE(rules.take_index("{}"));
  EXPECT_TRUE(rules.take_index("{}"));
  EXPECT_FALSE(rules.take_index("{ }"));
}

TEST(BundleRules, know_a_blob_that_was_there_before) {
  BundleRules rules;
  EXPECT_TRUE(rules.is_first(digest_of("a")));
  EXPECT_TRUE(rules.is_first(digest_of("b")));
  EXPECT_FALSE(rules.is_first(digest_of("a")));
}

TEST(BundleRules, know_one_version_of_the_layout) {
  EXPECT_TRUE(BundleRules::check_layout(R"({"imageLayoutVersion": "1.0.0"})"));
  for (const auto* text : {R"({"imageLayoutVersion": "2.0.0"})", "{}", "no JSON", ""}) {
    EXPECT_FALSE(BundleRules::check_layout(text)) << text;
  }
}

}  // namespace
}  // namespace regtool
