#include "migrate-legacy-names/legacy_names.hpp"

#include "fake_context.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

const std::string lower(64, 'a');
const std::string upper(64, 'A');

struct Row {
  std::string name;
  std::optional<std::string> modern;
};

class BlobName : public testing::TestWithParam<Row> {};

TEST_P(BlobName, becomes_todays) { EXPECT_EQ(modern_blob_name(GetParam().name), GetParam().modern); }

const Row rows[] = {
    {"sha256:" + lower, "sha256-" + lower},
    {"sha256:" + upper, "sha256-" + lower},
    {"sha256-" + upper, "sha256-" + lower},
    {"sha256-" + lower, std::nullopt},
    {"sha256:" + lower + "-partial", "sha256-" + lower + "-partial"},
    {"sha256:" + lower + "-partial-12", "sha256-" + lower + "-partial-12"},
    {"sha256-" + upper + ".tmp", "sha256-" + lower + ".tmp"},
    {"sha256-" + lower + "-partial", std::nullopt},
    {"sha256:" + lower + "-partial-", std::nullopt},
    {"sha256:" + lower + "-partial-x", std::nullopt},
    {"sha256:" + lower + "-partially", std::nullopt},
    {"sha256:" + lower + ".bak", std::nullopt},
    {"sha256:" + lower.substr(1), std::nullopt},
    {"sha256:" + lower + "a", std::nullopt},
    {"sha256:" + lower.substr(1) + "g", std::nullopt},
    {"sha256_" + lower, std::nullopt},
    {"SHA256:" + lower, std::nullopt},
    {"md5:" + lower, std::nullopt},
    {"._sha256:" + lower, std::nullopt},
    {"", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Names, BlobName, testing::ValuesIn(rows));

TEST(LegacyNames, plans_the_renames_of_a_folder_in_order_and_changes_nothing) {
  const TempDir root;
  for (const auto& name :
       {"sha256:" + lower, "sha256-" + upper, "sha256-" + std::string(64, 'b'), std::string(".DS_Store")}) {
    write_file(root.path() / "blobs" / name, name);
  }
  FakeContext fake;
  const auto plan = make_legacy_names()->plan(fake.context(), root.path()).value();
  const std::vector<Rename> expected{{"blobs/sha256-" + upper, "blobs/sha256-" + lower},
                                     {"blobs/sha256:" + lower, "blobs/sha256-" + lower}};
  EXPECT_EQ(plan, expected);
  EXPECT_EQ(read_file(root.path() / "blobs" / ("sha256:" + lower)), "sha256:" + lower);
}

TEST(LegacyNames, has_nothing_to_do_where_there_is_no_store) {
  const TempDir root;
  FakeContext fake;
  EXPECT_TRUE(make_legacy_names()->plan(fake.context(), root / "missing").value().empty());
}

TEST(LegacyNames, says_when_the_folder_cannot_be_read) {
  const TempDir root;
  write_file(root / "blobs", "a file");
  FakeContext fake;
  const auto plan = make_legacy_names()->plan(fake.context(), root.path());
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::io);
}

}  // namespace
}  // namespace regtool
