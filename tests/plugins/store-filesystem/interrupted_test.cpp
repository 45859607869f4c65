// What is left when a process is killed, and how the next one goes on.

#include "common/staging_area.hpp"
#include "filesystem_fixture.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using Interrupted = FilesystemTest;

RangeSet first_bytes(std::uint64_t count) {
  RangeSet set;
  set.add({0, count});
  return set;
}

// Runs `work` in another process, which tells through a pipe that it is done, and is then killed where it stands.
template <class Work>
void in_killed_process(Work work) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const char done = work() ? 'y' : 'n';
    [[maybe_unused]] const auto told = ::write(ready[1], &done, 1);
    for (;;) ::pause();
  }
  char done = 0;
  ASSERT_EQ(::read(ready[0], &done, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  ASSERT_EQ(done, 'y');
}

TEST_F(Interrupted, by_a_kill_a_pull_goes_on_from_its_last_checkpoint) {
  const auto bytes = some_bytes(100'000);
  std::unique_ptr<StagedObject> staged;
  in_killed_process([&] {
    staged = stage(bytes);
    return staged->write_at(0, as_bytes(bytes)) && staged->checkpoint(first_bytes(40'000), {}) &&
           staged->checkpoint(first_bytes(60'000), {});
  });
  auto resumed = stage(bytes);
  EXPECT_EQ(resumed->facts().resumed, first_bytes(60'000));
  ASSERT_TRUE(resumed->write_at(60'000, as_bytes(bytes).subspan(60'000)));
  ASSERT_TRUE(commit(std::move(resumed), bytes));
  EXPECT_EQ(read_file(models_.blob(descriptor_of(bytes).digest)), bytes);
  EXPECT_TRUE(files(staging()).empty());
}

TEST_F(Interrupted, while_another_process_is_at_it_a_second_one_has_a_file_of_its_own) {
  const std::string bytes = "fetched by two";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto staged = stage(bytes);
    const bool good = staged->write_at(0, as_bytes("WRONG")) && staged->checkpoint(first_bytes(5), {});
    const char done = good ? 'y' : 'n';
    [[maybe_unused]] const auto told = ::write(ready[1], &done, 1);
    for (;;) ::pause();
  }
  char done = 0;
  ASSERT_EQ(::read(ready[0], &done, 1), 1);
  auto mine = stage(bytes);
  EXPECT_EQ(done, 'y');
  EXPECT_TRUE(mine->facts().resumed.empty());
  EXPECT_EQ(files(staging()).size(), 3u);  // two files and a journal
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  ASSERT_TRUE(mine->write_at(0, as_bytes(bytes)));
  ASSERT_TRUE(commit(std::move(mine), bytes));
  EXPECT_EQ(read_file(models_.blob(descriptor_of(bytes).digest)), bytes);
  EXPECT_TRUE(files(staging()).empty());
}

TEST_F(Interrupted, a_file_that_is_shorter_than_its_journal_says_is_believed_as_far_as_it_goes) {
  const auto bytes = some_bytes(10'000);
  {
    auto staged = stage(bytes);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
    ASSERT_TRUE(staged->checkpoint(first_bytes(8'000), {}));
  }
  fs::resize_file(staging() / (std::string(descriptor_of(bytes).digest.hex()) + ".0"), 3'000);
  EXPECT_EQ(stage(bytes)->facts().resumed, first_bytes(3'000));
}

TEST_F(Interrupted, a_journal_without_its_file_says_nothing_of_the_next_one) {
  const auto bytes = some_bytes(10'000);
  {
    auto staged = stage(bytes);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
    ASSERT_TRUE(staged->checkpoint(first_bytes(8'000), {}));
  }
  fs::remove(staging() / (std::string(descriptor_of(bytes).digest.hex()) + ".0"));
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
}

TEST_F(Interrupted, journals_without_their_files_go_with_the_next_blob_that_is_published) {
  const auto base = staging() / (std::string(descriptor_of("something").digest.hex()) + ".0");
  write_file(base.string() + ".journal", "");
  write_file(base.string() + ".journal.new", "");
  publish("something else");
  EXPECT_TRUE(files(staging()).empty());
}

TEST_F(Interrupted, manifests_half_written_long_ago_go_with_the_next_one) {
  const auto old = root() / ".regtool" / "manifest.0123456789abcdef";
  const auto fresh = root() / ".regtool" / "manifest.fedcba9876543210";
  write_file(old, "{");
  write_file(fresh, "{");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  ASSERT_TRUE(refs().link(ctx(), *Reference::parse("model"), "{}"));
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh));
}

TEST_F(Interrupted, many_checkpoints_do_not_make_the_journal_grow_without_end) {
  const auto bytes = some_bytes(1000);
  RangeSet scattered;
  for (std::uint64_t at = 0; at < 1000; at += 2) scattered.add({at, 1});
  auto staged = stage(bytes);
  ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(staged->checkpoint(scattered, {}));
  staged.reset();
  EXPECT_LT(fs::file_size(staging() / (std::string(descriptor_of(bytes).digest.hex()) + ".0.journal")), 2u << 20);
  EXPECT_EQ(stage(bytes)->facts().resumed, scattered);
}

// Two machines on one network file system whose locks each of them sees alone.
class LyingLocks : public FilesystemTest {
 protected:
  std::unique_ptr<StagedFile> take(std::string_view bytes) { return area_.take(this, descriptor_of(bytes)).value(); }

  const StoreFolders folders_{root(), ollama_layout};
  const StagingArea area_{folders_, local::Locks::unreliable};
};

TEST_F(LyingLocks, never_let_two_stagers_share_a_file) {
  const std::string bytes = "the right bytes";
  auto dead = take(bytes);
  ASSERT_TRUE(dead->write_at(0, as_bytes(bytes)));
  ASSERT_TRUE(dead->checkpoint(first_bytes(9), {}));
  const int still_open = ::open((staging() / (std::string(descriptor_of(bytes).digest.hex()) + ".0")).c_str(), O_RDWR);
  ASSERT_GE(still_open, 0);
  dead.reset();
  auto mine = take(bytes);
  EXPECT_EQ(mine->facts().resumed, first_bytes(9));
  ASSERT_EQ(::pwrite(still_open, "XXXXXXXXX", 9, 0), 9);  // it was not dead
  std::string read(9, '\0');
  ASSERT_EQ(mine->read_at(0, std::as_writable_bytes(std::span(read))).value(), 9u);
  EXPECT_EQ(read, bytes.substr(0, 9));
  ::close(still_open);
}

TEST_F(LyingLocks, a_stager_publishes_its_own_file_and_leaves_nothing) {
  const std::string bytes = "mine";
  fs::create_directories(root() / "blobs");
  auto mine = take(bytes);
  ASSERT_TRUE(mine->write_at(0, as_bytes(bytes)));
  ASSERT_TRUE(mine->checkpoint(first_bytes(2), {}));
  EXPECT_TRUE(mine->publish(models_.blob(descriptor_of(bytes).digest)).value());
  EXPECT_EQ(read_file(models_.blob(descriptor_of(bytes).digest)), bytes);
  EXPECT_TRUE(files(staging()).empty());
}

TEST_F(LyingLocks, a_stager_whose_file_was_taken_finds_that_out) {
  const std::string bytes = "taken";
  auto loser = take(bytes);
  fs::remove(loser->slot().path);
  write_file(loser->slot().path, "another's");
  fs::create_directories(root() / "blobs");
  EXPECT_FALSE(loser->publish(models_.blob(descriptor_of(bytes).digest)).value());
  EXPECT_FALSE(fs::exists(models_.blob(descriptor_of(bytes).digest)));
  loser->discard();
}

TEST_F(Interrupted, a_stager_whose_file_was_taken_is_content_when_the_blob_is_there) {
  const std::string bytes = "published by another";
  auto loser = stage(bytes);
  ASSERT_TRUE(loser->write_at(0, as_bytes(bytes)));
  fs::remove(files(staging()).empty() ? "" : staging() / files(staging())[0]);
  publish(bytes);
  EXPECT_TRUE(commit(std::move(loser), bytes));
  auto second = stage(bytes);
  fs::remove(staging() / files(staging())[0]);
  fs::remove(models_.blob(descriptor_of(bytes).digest));
  EXPECT_EQ(commit(std::move(second), bytes).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace regtool
