// A pull is ended at every single call that changes a file.

#include "common/folder_store.hpp"
#include "crash_lab.hpp"
#include "digest_of.hpp"
#include "engine/hash_source.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <random>
#include <tuple>
#include <unistd.h>

namespace regtool {
namespace {

// How far apart the points are at which runs end: at every call in the long form.
std::uint64_t stride() {
  const char* size = std::getenv("REGTOOL_TEST_SIZE");
  return size != nullptr && std::string_view(size) == "large" ? 1 : 13;
}

struct Way {
  std::string name;
  CrashLab::Run run;
  Disk disk;
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

class Crash : public testing::TestWithParam<Way> {};

TEST_P(Crash, at_any_call_leaves_nothing_wrong_and_the_next_run_ends_it) {
  const auto& [name, run, disk] = GetParam();
  const auto calls = CrashLab().count_calls(run);
  ASSERT_GT(calls, 50u);
  unsigned crashes = 0;
  for (std::uint64_t nth = 1; nth <= calls; nth += stride()) {
    SCOPED_TRACE("call " + std::to_string(nth) + " of about " + std::to_string(calls));
    CrashLab lab;
    if (!lab.crash(run, nth, disk, static_cast<unsigned>(nth))) ++crashes;
    lab.expect_sound();
    lab.expect_recovery();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(crashes, calls / stride() / 2);
  RecordProperty("crashes", static_cast<int>(crashes));
}

TEST_P(Crash, again_and_again_leaves_nothing_wrong_and_the_next_run_ends_it) {
  const auto& [name, run, disk] = GetParam();
  std::mt19937 random(1);
  int crashes = 0;
  for (int round = 0; round < (stride() == 1 ? 30 : 3); ++round) {
    CrashLab lab;
    for (int i = 0; i < 12; ++i) {
      const auto seed = static_cast<unsigned>(random());
      SCOPED_TRACE("round " + std::to_string(round) + ", crash " + std::to_string(i));
      if (lab.crash(run, 1 + seed % 60, disk, seed)) break;
      ++crashes;
      lab.expect_sound();
      ASSERT_FALSE(HasFailure());
    }
    lab.expect_recovery();
  }
  RecordProperty("crashes", crashes);
}

TEST(Power, that_goes_after_a_pull_takes_nothing_of_it_away) {
  for (const auto disk : {Disk::journalled, Disk::careless}) {
    for (unsigned seed = 0; seed < 10; ++seed) {
      CrashLab lab;
      EXPECT_TRUE(lab.crash(&CrashLab::pull, 0, disk, seed));
      EXPECT_TRUE(lab.has_new_version());
      lab.expect_sound();
    }
  }
}

TEST(Journal, that_speaks_of_bytes_which_somebody_has_changed_does_no_harm) {
  const CrashLab::Run run = &CrashLab::pull_in_two_tries;
  const auto calls = CrashLab().count_calls(run);
  unsigned damaged = 0;
  for (std::uint64_t nth = 20; nth < calls; nth += 3 * stride()) {
    CrashLab lab;
    lab.crash(run, nth, Disk::keeps_all);
    damaged += lab.damage_staged();
    lab.expect_recovery();
  }
  EXPECT_GT(damaged, 0u);
}

// Ollama, or a person with cp, syncs nothing.
TEST(Power, that_goes_takes_the_trust_in_a_blob_along_with_bytes_that_nobody_synced) {
  const auto bytes = some_bytes(100'000);
  const auto what = descriptor_of(bytes);
  const auto verifier = make_test_verifier();
  FakeContext fake;
  unsigned trusted = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const TempDir folder;
    FileHistory history(folder / "models", folder / "attic");
    std::filesystem::create_directories(history.root() / "blobs");
    const auto before = remember(history);
    history.start(0);
    {
      const Watching watching(history);
      const auto path = history.root() / "blobs" / ("sha256-" + std::string(what.digest.hex()));
      const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
      ASSERT_EQ(::pwrite(file, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
      ::close(file);
      const auto store = make_folder_store(history.root(), ollama_layout);
      const auto blob = store->open(fake.context(), what.digest).value();
      blob->trust(hash_source(fake.context(), *verifier, what, *blob).value());
      EXPECT_TRUE(blob->trusted());
    }
    lose_power(history, before, Disk::journalled, seed);
    const auto store = make_folder_store(history.root(), ollama_layout);
    const auto blob = store->open(fake.context(), what.digest).value();
    if (!blob || !blob->trusted()) continue;
    ++trusted;
    std::string read(bytes.size(), '\0');
    ASSERT_TRUE(blob->read_at(0, std::as_writable_bytes(std::span(read))));
    EXPECT_TRUE(read == bytes) << seed;
  }
  EXPECT_GT(trusted, 0u);
}

class FailingDisk : public testing::TestWithParam<std::tuple<int, CrashLab::Run>> {};

TEST_P(FailingDisk, at_any_call_leaves_nothing_wrong_and_the_next_run_ends_it) {
  const auto& [error, run] = GetParam();
  const auto calls = CrashLab().count_calls(run);
  unsigned failures = 0;
  for (std::uint64_t nth = 1; nth <= calls; nth += stride()) {
    SCOPED_TRACE("call " + std::to_string(nth) + " of about " + std::to_string(calls));
    CrashLab lab;
    if (lab.fail(run, nth, error, static_cast<unsigned>(nth))) {
      EXPECT_TRUE(lab.has_new_version());
    } else {
      ++failures;
    }
    lab.expect_sound();
    lab.expect_recovery();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(failures, 0u);
  RecordProperty("failures", static_cast<int>(failures));
}

INSTANTIATE_TEST_SUITE_P(With, FailingDisk,
                         testing::Combine(testing::Values(EIO, ENOSPC),
                                          testing::Values(&CrashLab::pull_slowly, &CrashLab::pull_in_two_tries)));

TEST(FailedSync, is_not_made_good_by_the_next_one) {
  for (std::uint64_t nth = 1; nth <= 4; ++nth) {
    SCOPED_TRACE("sync " + std::to_string(nth));
    CrashLab lab;
    lab.fail(&CrashLab::pull_slowly, nth, EIO, 1, FileOp::sync);
    lab.expect_sound();
    lab.expect_recovery();
  }
}

std::vector<Way> ways() {
  std::vector<Way> all;
  const std::pair<const char*, Disk> disks[] = {
      {"by_a_kill", Disk::keeps_all}, {"of_power", Disk::journalled}, {"of_power_on_a_careless_disk", Disk::careless}};
  for (const auto& [name, disk] : disks) {
    all.push_back({std::string("of_a_pull_") + name, &CrashLab::pull_slowly, disk});
    all.push_back({std::string("of_two_tries_") + name, &CrashLab::pull_in_two_tries, disk});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Loss, Crash, testing::ValuesIn(ways()), [](const auto& with) { return with.param.name; });

}  // namespace
}  // namespace regtool
