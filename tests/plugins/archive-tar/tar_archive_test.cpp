// What is written is read back, by us and by others.

#include <regtool/encoding.hpp>

#include "process.hpp"
#include "tar_entries.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

struct File {
  std::string path, bytes;
};

const std::vector<File> some_files{{"oci-layout", "{}"},
                                   {"blobs/sha256/" + std::string(64, 'a'), ""},
                                   {"blobs/sha256/" + std::string(64, 'b'), std::string(100'000, 'x')}};

Result<> write(ByteOutput& out, const std::vector<File>& files) {
  REGTOOL_TRY_ASSIGN(const auto writer, make_tar_archive()->writer(out));
  for (const auto& file : files) {
    REGTOOL_TRY(writer->begin(file.path, file.bytes.size()));
    const auto half = file.bytes.size() / 2;
    REGTOOL_TRY(writer->write(as_bytes(file.bytes).first(half)));
    REGTOOL_TRY(writer->write(as_bytes(file.bytes).subspan(half)));
  }
  return writer->finish();
}

std::string tar_of(const std::vector<File>& files) {
  MemoryOutput out;
  EXPECT_TRUE(write(out, files));
  return out.bytes;
}

TEST(TarArchive, gives_back_what_was_put_in) {
  const auto seen = look_into(tar_of(some_files));
  EXPECT_FALSE(seen.error) << seen.error->message;
  ASSERT_EQ(seen.entries.size(), some_files.size());
  for (std::size_t i = 0; i < some_files.size(); ++i) {
    EXPECT_EQ(seen.entries[i].entry.path, some_files[i].path);
    EXPECT_EQ(seen.entries[i].entry.kind, ArchiveEntry::Kind::file);
    EXPECT_EQ(seen.entries[i].entry.size, some_files[i].bytes.size());
    EXPECT_EQ(seen.entries[i].bytes, some_files[i].bytes);
  }
}

TEST(TarArchive, is_the_same_bytes_every_time) { EXPECT_EQ(tar_of(some_files), tar_of(some_files)); }

TEST(TarArchive, is_one_for_other_programs) {
  const TempDir folder;
  write_file(folder / "a.tar", tar_of(some_files));
  run_checked({.words = {"tar", "-xf", (folder / "a.tar").string(), "-C", folder.path().string()}});
  for (const auto& file : some_files) EXPECT_EQ(read_file(folder / file.path), file.bytes);
}

TEST(TarArchive, tells_where_the_bytes_of_a_file_are) {
  const auto tar = tar_of(some_files);
  for (const auto& [entry, bytes] : look_into(tar).entries) {
    ASSERT_TRUE(entry.offset);
    EXPECT_EQ(tar.substr(*entry.offset, entry.size), bytes);
  }
}

TEST(TarArchive, puts_the_bytes_of_a_file_at_its_end_so_far) {
  MemoryOutput out;
  const auto writer = make_tar_archive()->writer(out).value();
  ASSERT_TRUE(writer->begin("a", 3));
  const auto at = out.bytes.size();
  ASSERT_TRUE(writer->write(as_bytes("abc")));
  EXPECT_EQ(out.bytes.substr(at), "abc");
}

TEST(TarArchive, takes_files_that_are_larger_than_8_gib) {
  MemoryOutput out;
  const auto writer = make_tar_archive()->writer(out).value();
  constexpr std::uint64_t size = 20ULL << 30;
  ASSERT_TRUE(writer->begin("blobs/large", size));
  MemoryInput in(out.bytes);
  const auto reader = make_tar_archive()->reader(in).value();
  const auto entry = reader->next().value();
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path, "blobs/large");
  EXPECT_EQ(entry->size, size);
  EXPECT_EQ(entry->offset, out.bytes.size());
}

TEST(TarArchive, passes_over_what_is_not_read) {
  MemoryInput in(tar_of(some_files), true);
  const auto reader = make_tar_archive()->reader(in).value();
  std::vector<std::string> paths;
  for (auto entry = reader->next().value(); entry; entry = reader->next().value()) paths.push_back(entry->path);
  EXPECT_EQ(paths.size(), 3U);
  EXPECT_LT(in.was_read, 50'000U) << "the large one was read";
}

TEST(TarArchive, hands_on_what_its_input_and_its_output_fail_with) {
  MemoryInput in(tar_of(some_files));
  in.broken_at = 50'000;
  const auto seen = look_into(in);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->code, Errc::unavailable);
  EXPECT_EQ(seen.error->message, "the pipe broke");
  MemoryOutput out;
  out.capacity = 50'000;
  const auto written = write(out, some_files);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::no_space);
}

TEST(TarArchive, fills_nothing_up_and_cuts_nothing_off) {
  MemoryOutput out;
  const auto writer = make_tar_archive()->writer(out).value();
  ASSERT_TRUE(writer->begin("a", 3));
  EXPECT_FALSE(writer->write(as_bytes("abcd")));
  EXPECT_FALSE(writer->begin("b", 0));
  EXPECT_FALSE(writer->finish());
}

TEST(TarArchive, is_not_whole_when_it_was_not_finished) {
  MemoryOutput out;
  {
    const auto writer = make_tar_archive()->writer(out).value();
    ASSERT_TRUE(writer->begin("a", 3));
    ASSERT_TRUE(writer->write(as_bytes("abc")));
  }
  const auto seen = look_into(out.bytes);
  EXPECT_TRUE(seen.error || out.bytes.size() < 1536) << "it was ended";
}

}  // namespace
}  // namespace regtool
