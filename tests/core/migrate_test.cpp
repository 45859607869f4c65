#include "engine/migrate.hpp"

#include "fake_context.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

class FixedMigration final : public Migration {
 public:
  explicit FixedMigration(std::vector<Rename> plan) : plan_(std::move(plan)) {}
  Result<std::vector<Rename>> plan(const Context&, const fs::path&) noexcept override { return plan_; }

 private:
  const std::vector<Rename> plan_;
};

class Migrate : public testing::Test {
 protected:
  Result<MigrationReport> apply(const std::vector<Rename>& plan) {
    return apply_renames(fake_.context(), root_.path(), plan);
  }

  FakeContext fake_;
  TempDir root_;
};

TEST_F(Migrate, renames_what_was_planned) {
  write_file(root_ / "blobs/old", "bytes");
  const auto report = apply({{"blobs/old", "blobs/new"}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->renamed, 1u);
  EXPECT_EQ(read_file(root_ / "blobs/new"), "bytes");
  EXPECT_FALSE(fs::exists(root_ / "blobs/old"));
}

TEST_F(Migrate, has_nothing_to_do_the_second_time) {
  write_file(root_ / "blobs/old", "bytes");
  ASSERT_TRUE(apply({{"blobs/old", "blobs/new"}}));
  const auto report = apply({{"blobs/old", "blobs/new"}}).value();
  EXPECT_EQ(report.renamed + report.removed + report.left, 0u);
  EXPECT_EQ(read_file(root_ / "blobs/new"), "bytes");
}

TEST_F(Migrate, removes_a_duplicate_of_what_is_there) {
  write_file(root_ / "blobs/old", std::string(3 << 20, 'x'));
  write_file(root_ / "blobs/new", std::string(3 << 20, 'x'));
  EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).value().removed, 1u);
  EXPECT_FALSE(fs::exists(root_ / "blobs/old"));
  EXPECT_EQ(fs::file_size(root_ / "blobs/new"), 3u << 20);
}

TEST_F(Migrate, finishes_a_rename_that_a_crash_left_with_both_names) {
  write_file(root_ / "blobs/old", "bytes");
  fs::create_hard_link(root_ / "blobs/old", root_ / "blobs/new");
  EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).value().removed, 1u);
  EXPECT_FALSE(fs::exists(root_ / "blobs/old"));
  EXPECT_EQ(read_file(root_ / "blobs/new"), "bytes");
}

TEST_F(Migrate, keeps_a_file_whose_two_names_are_one) {
  write_file(root_ / "blobs/same", "bytes");
  EXPECT_TRUE(apply({{"blobs/same", "blobs/same"}}));
  EXPECT_EQ(read_file(root_ / "blobs/same"), "bytes");
}

TEST_F(Migrate, never_replaces_other_bytes_and_says_so) {
  for (const std::string other : {"BYTES", "more bytes"}) {
    write_file(root_ / "blobs/old", "bytes");
    write_file(root_ / "blobs/new", other);
    EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).value().left, 1u);
    EXPECT_EQ(read_file(root_ / "blobs/old"), "bytes");
    EXPECT_EQ(read_file(root_ / "blobs/new"), other);
  }
  EXPECT_EQ(fake_.console.warnings().size(), 2u);
}

TEST_F(Migrate, leaves_a_file_whose_new_name_is_a_folder) {
  write_file(root_ / "blobs/old", "bytes");
  fs::create_directories(root_ / "blobs/new");
  EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).value().left, 1u);
  EXPECT_EQ(read_file(root_ / "blobs/old"), "bytes");
}

TEST_F(Migrate, refuses_a_plan_that_leads_out_of_the_root_before_it_does_anything) {
  const TempDir outside;
  write_file(outside / "file", "secret");
  fs::create_directories(root_ / "blobs");
  fs::create_directory_symlink(outside.path(), root_ / "blobs/link");
  for (const auto& bad : {fs::path("../file"), fs::path("blobs/../../file"), outside / "file", fs::path(""),
                          fs::path("blobs/link/file"), fs::path("/etc/x"), fs::path("./x"), fs::path("blobs/")}) {
    write_file(root_ / "blobs/good", "bytes");
    for (const auto& rename : {Rename{bad, "blobs/stolen"}, Rename{"blobs/good", bad}}) {
      const auto report = apply({{"blobs/good", "blobs/better"}, rename});
      ASSERT_FALSE(report) << bad;
      EXPECT_EQ(report.error().code, Errc::invalid_argument) << bad;
      EXPECT_TRUE(fs::exists(root_ / "blobs/good")) << bad;
    }
  }
  EXPECT_EQ(read_file(outside / "file"), "secret");
}

TEST_F(Migrate, follows_a_folder_of_blobs_that_is_on_another_disk) {
  const TempDir disk;
  write_file(disk / "old", "bytes");
  fs::create_directory_symlink(disk.path(), root_ / "blobs");
  EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).value().renamed, 1u);
  EXPECT_EQ(read_file(disk / "new"), "bytes");
}

TEST_F(Migrate, gives_up_when_asked_to_stop) {
  write_file(root_ / "blobs/old", "bytes");
  fake_.stop();
  EXPECT_EQ(apply({{"blobs/old", "blobs/new"}}).error().code, Errc::cancelled);
  EXPECT_TRUE(fs::exists(root_ / "blobs/old"));
}

TEST_F(Migrate, runs_one_migration_after_the_other_and_shows_all_for_a_dry_run) {
  write_file(root_ / "a", "bytes");
  std::vector<std::unique_ptr<Migration>> migrations;
  migrations.push_back(std::make_unique<FixedMigration>(std::vector<Rename>{{"a", "b"}}));
  migrations.push_back(std::make_unique<FixedMigration>(std::vector<Rename>{{"b", "c"}}));
  const std::vector<Rename> expected{{"a", "b"}, {"b", "c"}};
  EXPECT_EQ(plan_migrations(fake_.context(), root_.path(), migrations).value(), expected);
  EXPECT_TRUE(fs::exists(root_ / "a"));
  EXPECT_EQ(migrate(fake_.context(), root_.path(), migrations).value().renamed, 2u);
  EXPECT_EQ(read_file(root_ / "c"), "bytes");
}

}  // namespace
}  // namespace regtool
