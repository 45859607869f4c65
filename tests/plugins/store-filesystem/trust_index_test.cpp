#include "common/trust_index.hpp"

#include "digest_of.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace regtool {
namespace {

class Trust : public testing::Test {
 protected:
  static FileIdentity identity(std::uint64_t inode) { return {inode, 100, 1'700'000'000'123'456'789}; }
  static Digest digest(int number) { return digest_of(std::to_string(number)); }

  TempDir folder_;
  const std::filesystem::path file_ = folder_ / ".regtool/verified";
};

TEST_F(Trust, is_in_exactly_what_was_recorded) {
  TrustIndex index(file_);
  EXPECT_FALSE(index.knows(digest(1), identity(1)));
  index.record({{digest(1), identity(1)}});
  EXPECT_TRUE(index.knows(digest(1), identity(1)));
  EXPECT_FALSE(index.knows(digest(2), identity(1)));
  for (const FileIdentity other : {FileIdentity{2, 100, identity(1).modified},
                                   {1, 101, identity(1).modified},
                                   {1, 100, identity(1).modified + 1}}) {
    EXPECT_FALSE(index.knows(digest(1), other));
  }
}

TEST_F(Trust, is_in_the_latest_record) {
  TrustIndex index(file_);
  index.record({{digest(1), identity(1)}});
  index.record({{digest(1), identity(2)}});
  EXPECT_FALSE(TrustIndex(file_).knows(digest(1), identity(1)));
  EXPECT_TRUE(TrustIndex(file_).knows(digest(1), identity(2)));
}

TEST_F(Trust, sees_what_another_process_records) {
  TrustIndex index(file_);
  TrustIndex other(file_);
  EXPECT_FALSE(index.knows(digest(1), identity(1)));
  other.record({{digest(1), identity(1)}});
  EXPECT_TRUE(index.knows(digest(1), identity(1)));
  other.record({{digest(2), identity(2)}});
  EXPECT_TRUE(index.knows(digest(2), identity(2)));
}

TEST_F(Trust, survives_a_cut_at_any_byte_and_goes_on_after_it) {
  TrustIndex(file_).record({{digest(1), identity(1)}});
  const auto first = read_file(file_);
  TrustIndex(file_).record({{digest(2), identity(2)}});
  const auto whole = read_file(file_);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_file(file_, whole.substr(0, length));
    TrustIndex index(file_);
    EXPECT_EQ(index.knows(digest(1), identity(1)), length >= first.size()) << length;
    EXPECT_FALSE(index.knows(digest(2), identity(2))) << length;
    index.record({{digest(3), identity(3)}});
    EXPECT_TRUE(TrustIndex(file_).knows(digest(3), identity(3))) << length;
  }
}

TEST_F(Trust, is_lost_with_the_file) {
  TrustIndex index(file_);
  index.record({{digest(1), identity(1)}});
  std::filesystem::remove(file_);
  EXPECT_FALSE(index.knows(digest(1), identity(1)));
}

TEST_F(Trust, stays_compact) {
  TrustIndex index(file_);
  for (int round = 0; round < 30; ++round) {
    std::vector<TrustIndex::Record> records;
    for (int i = 0; i < 100; ++i) records.emplace_back(digest(i), identity(static_cast<std::uint64_t>(round)));
    index.record(records);
  }
  EXPECT_LT(std::filesystem::file_size(file_), 1500u * 130);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(TrustIndex(file_).knows(digest(i), identity(29)));
}

TEST_F(Trust, is_shared_by_processes_that_record_at_once) {
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int i = 0; i < 50; ++i) TrustIndex(file_).record({{digest(process * 100 + i), identity(1)}});
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const auto child : children) ::waitpid(child, nullptr, 0);
  TrustIndex index(file_);
  for (int process = 0; process < 4; ++process) {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(index.knows(digest(process * 100 + i), identity(1)));
  }
}

}  // namespace
}  // namespace regtool
