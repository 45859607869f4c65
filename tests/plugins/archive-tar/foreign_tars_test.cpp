// Archives that others made, and what is none.

#include "process.hpp"
#include "tar_entries.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace regtool {
namespace {

using testing::HasSubstr;

class ForeignTar : public testing::Test {
 protected:
  std::string tar(std::vector<std::string> options) {
    std::vector<std::string> words{"tar", "-C", folder_.path().string(), "-cf", (folder_ / "out.tar").string()};
    words.insert(words.end(), options.begin(), options.end());
    run_checked({.words = words});
    return read_file(folder_ / "out.tar");
  }

  // The only entry of an archive of `name`.
  ArchiveEntry only(const std::string& name, const std::string& option = "--format=pax") {
    const auto seen = look_into(tar({option, name}));
    EXPECT_FALSE(seen.error) << seen.error->message;
    EXPECT_EQ(seen.entries.size(), 1U);
    return seen.entries.empty() ? ArchiveEntry() : seen.entries.front().entry;
  }

  TempDir folder_;
};

TEST_F(ForeignTar, of_every_common_format_is_read) {
  const std::string bytes(20'000, 'x'), name(150, 'n');
  write_file(folder_ / name, bytes);
  for (const auto* format : {"--format=pax", "--format=gnu"}) {
    const auto seen = look_into(tar({format, name}));
    EXPECT_FALSE(seen.error) << format;
    ASSERT_EQ(seen.entries.size(), 1U) << format;
    EXPECT_EQ(seen.entries[0].entry.path, name) << format;
    EXPECT_EQ(seen.entries[0].bytes, bytes) << format;
  }
  write_file(folder_ / "short", bytes);
  for (const auto* format : {"--format=ustar", "--format=v7"}) {
    EXPECT_EQ(look_into(tar({format, "short"})).entries.at(0).bytes, bytes) << format;
  }
}

TEST_F(ForeignTar, shows_what_is_no_file) {
  write_file(folder_ / "a", "x");
  std::filesystem::create_directory(folder_ / "folder");
  std::filesystem::create_symlink("a", folder_ / "link");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(only("folder").kind, ArchiveEntry::Kind::folder);
  EXPECT_EQ(only("link").kind, ArchiveEntry::Kind::other);
  EXPECT_EQ(only("link").what, "a symbolic link");
  EXPECT_EQ(only("pipe").what, "a pipe");
  std::filesystem::create_hard_link(folder_ / "a", folder_ / "b");
  const auto seen = look_into(tar({"a", "b"}));
  ASSERT_EQ(seen.entries.size(), 2U);
  EXPECT_EQ(seen.entries[1].entry.kind, ArchiveEntry::Kind::other);
  EXPECT_EQ(seen.entries[1].entry.what, "a hard link");
}

TEST_F(ForeignTar, with_a_sparse_file_does_not_grow) {
  write_file(folder_ / "a", "");
  std::filesystem::resize_file(folder_ / "a", 1ULL << 40);
  for (const auto* format : {"--format=pax", "--format=gnu"}) {
    auto words = tar({format, "--sparse", "a"});
    ASSERT_LT(words.size(), 100'000U);
    MemoryInput in(words);
    const auto reader = make_tar_archive()->reader(in).value();
    const auto entry = reader->next().value();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->kind, ArchiveEntry::Kind::other) << format;
    EXPECT_EQ(entry->what, "a sparse file") << format;
  }
}

TEST_F(ForeignTar, that_is_compressed_is_said_to_be) {
  write_file(folder_ / "a", std::string(1000, 'x'));
  for (const auto* how : {"gzip", "xz", "bzip2"}) {
    if (run({.words = {"sh", "-c", std::string("command -v ") + how}}).status != 0) continue;
    const auto seen = look_into(tar({std::string("--use-compress-program=") + how, "a"}));
    ASSERT_TRUE(seen.error) << how;
    EXPECT_EQ(seen.error->code, Errc::unsupported);
    EXPECT_EQ(seen.error->message, std::string("it is compressed with ") + how + ": decompress it first");
  }
}

TEST_F(ForeignTar, is_not_seen_in_what_is_none) {
  for (const auto& bytes : {std::string("no tar"), std::string(10'000, 'x'), std::string(), std::string(512, '\0')}) {
    const auto seen = look_into(bytes);
    EXPECT_TRUE(seen.entries.empty());
    if (bytes.starts_with('\0')) continue;  // an empty one
    ASSERT_TRUE(seen.error) << bytes.size();
    EXPECT_EQ(seen.error->code, Errc::unsupported);
    EXPECT_THAT(seen.error->message, HasSubstr("no tar archive"));
  }
}

TEST_F(ForeignTar, that_is_cut_short_is_damaged) {
  write_file(folder_ / "a", std::string(100'000, 'x'));
  const auto whole = tar({"--format=pax", "a"});
  for (const std::size_t length : {600UL, 1600UL, 50'000UL}) {
    const auto seen = look_into(whole.substr(0, length));
    ASSERT_TRUE(seen.error) << length;
    EXPECT_EQ(seen.error->code, Errc::corrupt) << length << seen.error->message;
  }
}

TEST_F(ForeignTar, with_headers_beyond_reason_is_damaged) {
  write_file(folder_ / "a", "x");
  auto sane = tar({"--format=pax", "--pax-option=comment:=" + std::string(1000, 'x'), "a"});
  EXPECT_FALSE(look_into(sane).error);
  // As many as one likes before the one file.
  std::string many;
  const auto extension = sane.substr(0, 512 + 1536);
  while (many.size() < (8U << 20)) many += extension;
  MemoryInput in(many + sane);
  const auto seen = look_into(in);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->code, Errc::corrupt);
  EXPECT_LT(in.was_read, 3U << 20);
}

}  // namespace
}  // namespace regtool
