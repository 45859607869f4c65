// Disks that are full, read-only, or not where they seem to be: the MediumSuite, and what goes beyond it. The tests
// that mount something need privileges, and are skipped without.

#include "filesystem_fixture.hpp"
#include "small_disk.hpp"

namespace regtool {
namespace {

namespace fs = std::filesystem;
using BadPlace = FilesystemTest;

const StoreBackend small_disk{"small_disk", filesystem_traits,
                              [] { return std::make_unique<OnSmallDisk<FilesystemUnderTest>>(); }};

INSTANTIATE_TEST_SUITE_P(Filesystem, MediumSuite, testing::Values(small_disk), backend_name);

void expect_one_clear_line(const Error& error, const std::string& part) {
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
  EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
}

TEST_F(BadPlace, a_blob_that_cannot_fit_is_refused_before_anything_is_fetched) {
  const SmallDisk disk(root());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  const auto staged = store().stage(ctx(), {descriptor_of("x").digest, 2 << 20});
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().code, Errc::no_space);
  expect_one_clear_line(staged.error(), "MB free");
  EXPECT_TRUE(files(root()).empty());
}

TEST_F(BadPlace, a_name_stays_what_it_was_when_the_disk_is_full) {
  const SmallDisk disk(root());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  const auto name = Reference::parse("gemma").value();
  ASSERT_TRUE(refs().link(ctx(), name, "old"));
  const auto linked = refs().link(ctx(), name, std::string(3 << 20, 'x'));
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, Errc::no_space);
  EXPECT_EQ(refs().resolve(ctx(), name).value(), "old");
  EXPECT_EQ(files(root()).size(), 1u);
}

TEST_F(BadPlace, a_read_only_store_says_so_in_one_line_and_minds_no_trust) {
  const SmallDisk disk(root());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  publish("hello");
  ASSERT_TRUE(disk.make_read_only());
  const auto blob = store().open(ctx(), descriptor_of("hello").digest).value();
  blob->trust(prove(*verifier_, "hello"));
  EXPECT_TRUE(blob->trusted());
  expect_one_clear_line(store().stage(ctx(), descriptor_of("x")).error(), "Read-only");
}

TEST_F(BadPlace, blobs_on_another_disk_are_staged_there) {
  const SmallDisk disk(root() / "blobs");
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  publish("hello");
  EXPECT_EQ(read_file(models_.blob(descriptor_of("hello").digest)), "hello");
  EXPECT_EQ(store().list(ctx()).value().size(), 1u);
}

TEST_F(BadPlace, manifests_on_another_disk_are_replaced_there) {
  const SmallDisk disk(root() / "manifests");
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  const auto name = Reference::parse("gemma").value();
  ASSERT_TRUE(refs().link(ctx(), name, "{}"));
  EXPECT_EQ(refs().resolve(ctx(), name).value(), "{}");
  EXPECT_EQ(refs().list(ctx()).value().size(), 1u);
}

TEST_F(BadPlace, a_file_where_the_store_should_be_is_never_an_empty_store) {
  write_file(root(), "a file");
  EXPECT_EQ(store().open(ctx(), descriptor_of("x").digest).error().code, Errc::invalid_argument);
  EXPECT_EQ(store().list(ctx()).error().code, Errc::invalid_argument);
  EXPECT_EQ(refs().list(ctx()).error().code, Errc::invalid_argument);
  const auto staged = store().stage(ctx(), descriptor_of("x"));
  EXPECT_EQ(staged.error().code, Errc::invalid_argument);
  expect_one_clear_line(staged.error(), root().string());
  EXPECT_EQ(read_file(root()), "a file");
}

TEST_F(BadPlace, an_absurd_size_is_refused) {
  for (const std::uint64_t size : {~std::uint64_t{0}, std::uint64_t{1} << 63, std::uint64_t{1} << 62}) {
    EXPECT_EQ(store().stage(ctx(), {descriptor_of("x").digest, size}).error().code, Errc::no_space) << size;
  }
  EXPECT_TRUE(files(staging()).empty());
}

}  // namespace
}  // namespace regtool
