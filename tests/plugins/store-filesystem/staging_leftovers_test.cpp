// What is left over in a folder, and what only looks like it.

#include "common/staging_leftovers.hpp"

#include "filesystem_fixture.hpp"
#include "small_disk.hpp"

#include <sys/stat.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::system_clock;

const std::string hex(64, 'a');
const std::string random_part = ".0123456789abcdef";

struct File {
  std::string name;
  std::optional<std::string> slot;
};

class SlotOfFile : public testing::TestWithParam<File> {};

TEST_P(SlotOfFile, is_known_by_the_name) {
  const auto slot = slot_of_file(GetParam().name);
  EXPECT_EQ(slot ? std::optional(std::string(*slot)) : std::nullopt, GetParam().slot);
}

const File file_names[] = {
    {hex + ".0", hex + ".0"},
    {hex + ".7", hex + ".7"},
    {hex + ".0.journal", hex + ".0"},
    {hex + ".0.journal.new", hex + ".0"},
    {hex + ".0" + random_part, hex + ".0" + random_part},
    {hex, std::nullopt},
    {hex + ".", std::nullopt},
    {hex + ".x", std::nullopt},
    {hex + ".10", std::nullopt},
    {hex + "-0", std::nullopt},
    {hex + ".0.journals", std::nullopt},
    {hex + ".0.0123456789abcdeF", std::nullopt},
    {hex + ".0.0123456789abcdef0", std::nullopt},
    {std::string(64, 'A') + ".0", std::nullopt},
    {std::string(63, 'a') + ".0", std::nullopt},
    {"sha256-" + hex + "-partial", std::nullopt},
    {"sha256-" + hex + "-partial-0", std::nullopt},
    {"sha256-" + hex + ".tmp", std::nullopt},
    {"", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Table, SlotOfFile, testing::ValuesIn(file_names));

class StagingLeftovers : public FilesystemTest {
 protected:
  StagingLeftovers() { be_later_by(hours(0)); }

  void be_later_by(std::chrono::minutes time) { fake_.clock.set_wall_time(system_clock::now() + time); }

  void leave(std::string_view bytes) {
    const auto staged = stage(bytes);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
    RangeSet done;
    done.add({0, bytes.size() / 2});
    ASSERT_TRUE(staged->checkpoint(done, {}));
  }

  std::vector<Leftover> list() { return local_->list(ctx()).value(); }

  std::vector<std::string> names(Leftovers& leftovers) {
    std::vector<std::string> found;
    const auto listed = leftovers.list(ctx()).value();
    for (const auto& leftover : listed) found.push_back(leftover.name);
    return found;
  }
  std::vector<std::string> names() { return names(*local_); }

  static std::string slot_of(std::string_view bytes) {
    return ".regtool/staging/" + std::string(descriptor_of(bytes).digest.hex()) + ".0";
  }

  using Names = std::vector<std::string>;

  const std::string bytes_ = some_bytes(100'000);
  const std::unique_ptr<Leftovers> local_ =
      make_staging_leftovers(StoreFolders(root(), ollama_layout), local::Locks::reliable);
  const std::unique_ptr<Leftovers> network_ =
      make_staging_leftovers(StoreFolders(root(), ollama_layout), local::Locks::unreliable);
};

TEST_F(StagingLeftovers, are_there_as_soon_as_the_stager_is_gone) {
  leave(bytes_);
  EXPECT_EQ(names(), Names{slot_of(bytes_)});
}

TEST_F(StagingLeftovers, are_as_large_as_what_they_take_up_on_the_disk) {
  {
    // Room is made for all of it, which takes up nothing.
    const auto staged = store().stage(ctx(), {descriptor_of("large").digest, 64 << 20}).value();
    ASSERT_TRUE(staged->write_at(1 << 20, as_bytes(bytes_)));
    ASSERT_TRUE(staged->checkpoint({}, {}));
  }
  const auto left = list();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_GE(left[0].bytes, bytes_.size());
  EXPECT_LT(left[0].bytes, 2u << 20);
}

TEST_F(StagingLeftovers, are_not_what_a_living_stager_has_however_long_it_takes) {
  leave(bytes_);
  const auto left = list().at(0);
  const auto staged = stage(bytes_);
  be_later_by(hours(24 * 365));
  EXPECT_EQ(names(), Names());
  EXPECT_FALSE(local_->remove(ctx(), left).value());
  EXPECT_EQ(files(staging()).size(), 2u);
}

TEST_F(StagingLeftovers, are_judged_by_their_age_where_locks_mean_little) {
  leave(bytes_);
  const auto left = list().at(0);
  be_later_by(hours(23));
  EXPECT_EQ(names(*network_), Names());
  EXPECT_FALSE(network_->remove(ctx(), left).value());
  be_later_by(hours(25));
  EXPECT_EQ(names(*network_), Names{slot_of(bytes_)});
  EXPECT_TRUE(network_->remove(ctx(), left).value());
}

TEST_F(StagingLeftovers, keep_what_a_lock_protects_where_locks_mean_little) {
  const auto staged = stage(bytes_);
  be_later_by(hours(24 * 365));
  EXPECT_EQ(names(*network_), Names());
}

TEST_F(StagingLeftovers, once_removed_leave_no_file) {
  leave(bytes_);
  write_file(staging() / (slot_of(bytes_).substr(17) + ".journal.new"), "half a line");
  EXPECT_TRUE(local_->remove(ctx(), list().at(0)).value());
  EXPECT_EQ(files(staging()), Names());
}

TEST_F(StagingLeftovers, are_not_removed_when_somebody_has_worked_on_them_since_they_were_listed) {
  leave(bytes_);
  const auto left = list().at(0);
  fs::last_write_time(root() / (left.name + ".journal"), fs::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_FALSE(local_->remove(ctx(), left).value());
  EXPECT_EQ(names(), Names{slot_of(bytes_)});
}

TEST_F(StagingLeftovers, are_journals_without_their_file_too) {
  write_file(staging() / (hex + ".0.journal"), "1");
  write_file(staging() / (hex + ".0.journal.new"), "1");
  write_file(staging() / (hex + ".1.journal.new"), "1");
  const auto left = list();
  ASSERT_EQ(names(), (Names{".regtool/staging/" + hex + ".0.journal", ".regtool/staging/" + hex + ".1.journal.new"}));
  for (const auto& leftover : left) EXPECT_TRUE(local_->remove(ctx(), leftover).value());
  EXPECT_EQ(files(staging()), Names());
}

TEST_F(StagingLeftovers, are_files_that_died_on_their_way_to_being_published) {
  write_file(staging() / (hex + ".0" + random_part), "all of it");
  EXPECT_EQ(names(), Names{".regtool/staging/" + hex + ".0" + random_part});
  EXPECT_TRUE(local_->remove(ctx(), list().at(0)).value());
  EXPECT_EQ(files(staging()), Names());
}

TEST_F(StagingLeftovers, are_temporary_files_that_nobody_can_be_writing_any_more) {
  const Names temporary{".regtool/manifest" + random_part, ".regtool/verified" + random_part};
  for (const auto& name : temporary) write_file(root() / name, "{");
  be_later_by(std::chrono::minutes(55));
  EXPECT_EQ(names(), Names());
  be_later_by(std::chrono::minutes(65));
  EXPECT_EQ(names(), temporary);
  for (const auto& leftover : list()) EXPECT_TRUE(local_->remove(ctx(), leftover).value());
  EXPECT_EQ(files(root()), Names());
}

TEST_F(StagingLeftovers, are_never_files_of_other_programs_nor_what_is_in_use) {
  publish("published");
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("gemma").value(), "{}"));
  for (const auto& name :
       Names{"blobs/sha256-" + hex + "-partial", "blobs/sha256-" + hex + "-partial-0", "blobs/sha256-" + hex + ".tmp",
             "blobs/" + hex + ".0", ".regtool/" + hex + ".0", ".regtool/staging/notes", ".regtool/staging/" + hex,
             ".regtool/staging/manifest" + random_part, ".regtool/something" + random_part, ".regtool/manifest.new"}) {
    write_file(root() / name, "foreign");
  }
  fs::create_directories(staging() / (hex + ".0"));
  fs::create_directories(staging() / (hex + ".1.journal"));
  const auto before = files(root());
  be_later_by(hours(24 * 365));
  EXPECT_EQ(names(), Names());
  for (const auto& name : before) {
    EXPECT_FALSE(local_->remove(ctx(), {name, 0, {}}).value()) << name;
  }
  EXPECT_FALSE(local_->remove(ctx(), {"../" + root().filename().string() + "/" + slot_of("x"), 0, {}}).value());
  EXPECT_EQ(files(root()), before);
}

TEST_F(StagingLeftovers, are_found_beside_blobs_and_names_that_are_on_other_disks) {
  write_file(root() / "blobs/.regtool/staging" / (hex + ".0"), "1");
  write_file(root() / "manifests/.regtool" / ("manifest" + random_part), "1");
  be_later_by(hours(2));
  EXPECT_EQ(names(), (Names{"blobs/.regtool/staging/" + hex + ".0", "manifests/.regtool/manifest" + random_part}));
}

TEST_F(StagingLeftovers, make_nothing_where_there_is_no_store) {
  EXPECT_EQ(names(), Names());
  EXPECT_FALSE(fs::exists(root()));
}

TEST_F(StagingLeftovers, are_listed_but_stay_on_a_medium_that_is_read_only) {
  const SmallDisk disk(root());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  leave(bytes_);
  ASSERT_TRUE(disk.make_read_only());
  EXPECT_EQ(names(), Names{slot_of(bytes_)});
  const auto removed = local_->remove(ctx(), list().at(0));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::forbidden);
}

TEST_F(StagingLeftovers, can_be_removed_from_a_disk_that_is_full) {
  const SmallDisk disk(root());
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount";
  leave(bytes_);
  EXPECT_THROW(write_file(root() / "other", std::string(2 << 20, 'x')), std::runtime_error);
  EXPECT_TRUE(local_->remove(ctx(), list().at(0)).value());
}

}  // namespace
}  // namespace regtool
