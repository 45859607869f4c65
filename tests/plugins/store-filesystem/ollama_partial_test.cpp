#include "common/ollama_partial.hpp"

#include "filesystem_fixture.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

struct Part {
  const char* json;
  std::optional<Range> range;
};

class OllamaPart : public testing::TestWithParam<Part> {};

TEST_P(OllamaPart, says_which_bytes_it_has) { EXPECT_EQ(parse_ollama_part(GetParam().json), GetParam().range); }

const Part parts[] = {
    {R"({"N":0,"Offset":0,"Size":104857600,"Completed":1234})", Range{0, 1234}},
    {R"({"N":7,"Offset":100,"Size":50,"Completed":50})", Range{100, 50}},
    {R"({"N":7,"Offset":100,"Size":50,"Completed":0,"More":[]})", Range{100, 0}},
    {R"({"Offset":100,"Size":50,"Completed":51})", std::nullopt},
    {R"({"Offset":-1,"Size":50,"Completed":1})", std::nullopt},
    {R"({"Offset":1.5,"Size":50,"Completed":1})", std::nullopt},
    {R"({"Offset":"1","Size":50,"Completed":1})", std::nullopt},
    {R"({"Offset":18446744073709551615,"Size":18446744073709551615,"Completed":5})", std::nullopt},
    {R"({"Size":50,"Completed":1})", std::nullopt},
    {"[]", std::nullopt},
    {"null", std::nullopt},
    {"{", std::nullopt},
    {"", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Json, OllamaPart, testing::ValuesIn(parts));

class OllamaPartial : public FilesystemTest {
 protected:
  // As Ollama leaves it: the first part whole, of the second 1,000 bytes.
  void leave_partial() {
    auto partial = bytes_;
    std::fill(partial.begin() + 6'000, partial.end(), '\0');
    write_file(blob_.string() + "-partial", partial);
    write_file(blob_.string() + "-partial-0", R"({"N":0,"Offset":0,"Size":5000,"Completed":5000})");
    write_file(blob_.string() + "-partial-1", R"({"N":1,"Offset":5000,"Size":5000,"Completed":1000})");
  }

  static RangeSet first_bytes(std::uint64_t count) {
    RangeSet set;
    set.add({0, count});
    return set;
  }

  const std::string bytes_ = some_bytes(10'000);
  const fs::path blob_ = models_.blob(descriptor_of(bytes_).digest);
};

TEST_F(OllamaPartial, is_continued_and_gone_once_the_blob_is_there) {
  leave_partial();
  auto staged = stage(bytes_);
  EXPECT_EQ(staged->facts().resumed, first_bytes(6'000));
  ASSERT_TRUE(staged->write_at(6'000, as_bytes(bytes_).subspan(6'000)));
  ASSERT_TRUE(commit(std::move(staged), bytes_));
  EXPECT_EQ(read_file(blob_), bytes_);
  EXPECT_EQ(files(root() / "blobs").size(), 1u);
}

TEST_F(OllamaPartial, once_adopted_survives_a_kill) {
  leave_partial();
  stage(bytes_).reset();
  models_.reopen();
  EXPECT_EQ(stage(bytes_)->facts().resumed, first_bytes(6'000));
}

TEST_F(OllamaPartial, is_left_alone_while_ollama_has_it_open) {
  leave_partial();
  const int ollama = ::open((blob_.string() + "-partial").c_str(), O_RDWR);
  ASSERT_GE(ollama, 0);
  auto staged = stage(bytes_);
  EXPECT_TRUE(staged->facts().resumed.empty());
  ASSERT_TRUE(staged->write_at(0, as_bytes(bytes_)));
  ASSERT_TRUE(commit(std::move(staged), bytes_));
  EXPECT_TRUE(fs::exists(blob_.string() + "-partial"));
  EXPECT_TRUE(fs::exists(blob_.string() + "-partial-1"));
  ::close(ollama);
}

TEST_F(OllamaPartial, of_a_tensor_is_a_prefix) {
  write_file(blob_.string() + ".tmp", bytes_.substr(0, 7'000));
  EXPECT_EQ(stage(bytes_)->facts().resumed, first_bytes(7'000));
  EXPECT_FALSE(fs::exists(blob_.string() + ".tmp"));
}

TEST_F(OllamaPartial, is_believed_as_far_as_the_file_goes) {
  leave_partial();
  fs::resize_file(blob_.string() + "-partial", 2'000);
  EXPECT_EQ(stage(bytes_)->facts().resumed, first_bytes(2'000));
}

TEST_F(OllamaPartial, is_no_use_when_it_is_larger_than_the_blob) {
  leave_partial();
  fs::resize_file(blob_.string() + "-partial", 10'001);
  EXPECT_TRUE(stage(bytes_)->facts().resumed.empty());
  EXPECT_TRUE(fs::exists(blob_.string() + "-partial"));
}

TEST_F(OllamaPartial, without_its_parts_is_removed_once_the_blob_is_there) {
  write_file(blob_.string() + "-partial", "?");
  EXPECT_TRUE(stage(bytes_)->facts().resumed.empty());
  publish(bytes_);
  EXPECT_EQ(files(root() / "blobs").size(), 1u);
}

TEST_F(OllamaPartial, comes_after_what_we_staged_ourselves) {
  {
    auto staged = stage(bytes_);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes_)));
    ASSERT_TRUE(staged->checkpoint(first_bytes(9'000), {}));
  }
  leave_partial();
  EXPECT_EQ(stage(bytes_)->facts().resumed, first_bytes(9'000));
}

}  // namespace
}  // namespace regtool
