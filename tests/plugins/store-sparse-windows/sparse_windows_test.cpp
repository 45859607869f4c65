// What is Windows' own about the store: sparse files, long paths, names, and files that others have open.

#include "common/sole_file.hpp"
#include "filesystem_fixture.hpp"

#include <thread>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using SparseWindows = FilesystemTest;

constexpr std::uint64_t mib = 1 << 20;

// A file that another program has open.
class OpenElsewhere {
 public:
  OpenElsewhere(const fs::path& path, DWORD share)
      : handle_(::CreateFileW(path.c_str(), GENERIC_READ, share, nullptr, OPEN_EXISTING, 0, nullptr)) {
    EXPECT_NE(handle_, INVALID_HANDLE_VALUE) << path;
  }
  ~OpenElsewhere() { close(); }
  OpenElsewhere(const OpenElsewhere&) = delete;
  OpenElsewhere& operator=(const OpenElsewhere&) = delete;

  void close() {
    if (handle_ != INVALID_HANDLE_VALUE) ::CloseHandle(std::exchange(handle_, INVALID_HANDLE_VALUE));
  }

 private:
  HANDLE handle_;
};

// As Go's os.Open, and so Ollama, opens a file.
constexpr DWORD as_ollama = FILE_SHARE_READ | FILE_SHARE_WRITE;

TEST_F(SparseWindows, takes_only_the_space_of_what_has_arrived) {
  constexpr std::uint64_t size = 256 * mib;
  auto staged = store().stage(ctx(), {descriptor_of("large").digest, size}).value();
  ASSERT_TRUE(staged->write_at(size - 4096, as_bytes(std::string(4096, 'x'))));
  const auto names = files(staging());
  ASSERT_EQ(names.size(), 1u);
  const auto info = local::look_at(staging() / names[0]).value();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->size, size);
  EXPECT_LT(info->on_disk, 4 * mib);
}

TEST_F(SparseWindows, keeps_a_path_of_any_length) {
  const auto root = models_.root() / std::string(200, 'a') / std::string(200, 'b');
  const auto store = make_folder_store(root, ollama_layout);
  const auto refs = make_folder_refs(root);
  const std::string bytes = "deep down";
  auto staged = store->stage(ctx(), descriptor_of(bytes)).value();
  ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
  Finished finished[] = {{std::move(staged), prove(*verifier_, bytes)}};
  ASSERT_TRUE(store->commit(ctx(), finished));
  EXPECT_EQ(store->list(ctx()).value().size(), 1u);
  const auto name = Reference::parse("gemma:2b").value();
  ASSERT_TRUE(refs->link(ctx(), name, "{}"));
  EXPECT_EQ(refs->resolve(ctx(), name).value(), "{}");
  EXPECT_EQ(refs->list(ctx()).value().size(), 1u);
}

TEST_F(SparseWindows, writes_a_hosts_port_as_ntfs_lets_it) {
  const auto name = Reference::parse("localhost:5000/me/model:1").value();
  ASSERT_TRUE(refs().link(ctx(), name, "{}"));
  EXPECT_EQ(read_file(root() / "manifests" / "localhost%5000" / "me" / "model" / "1"), "{}");
  const auto listed = refs().list(ctx()).value();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].name.host(), "localhost:5000");
}

TEST_F(SparseWindows, reads_what_ollama_has_open) {
  publish("hello");
  const OpenElsewhere ollama(models_.blob(descriptor_of("hello").digest), as_ollama);
  const auto blob = store().open(ctx(), descriptor_of("hello").digest).value();
  ASSERT_TRUE(blob);
  EXPECT_TRUE(blob->trusted());
}

// Wine's file server replaces nothing that is open, as Windows did before version 10.
bool on_wine() { return ::GetProcAddress(::GetModuleHandleA("ntdll.dll"), "wine_get_version") != nullptr; }

TEST_F(SparseWindows, replaces_and_removes_what_others_have_open_if_they_allow_it) {
  if (on_wine()) GTEST_SKIP() << "Wine cannot";
  publish("hello");
  const auto digest = descriptor_of("hello").digest;
  const OpenElsewhere another(models_.blob(digest), as_ollama | FILE_SHARE_DELETE);
  publish("hello");
  EXPECT_TRUE(store().remove(ctx(), digest).value());
}

TEST_F(SparseWindows, waits_a_moment_for_who_keeps_a_file_to_himself) {
  const auto name = Reference::parse("gemma:2b").value();
  ASSERT_TRUE(refs().link(ctx(), name, "old"));
  OpenElsewhere scanner(root() / "manifests/registry.ollama.ai/library/gemma/2b", as_ollama);
  std::jthread closer([&] {
    ::Sleep(300);
    scanner.close();
  });
  ASSERT_TRUE(refs().link(ctx(), name, "new"));
  EXPECT_EQ(refs().resolve(ctx(), name).value(), "new");
}

TEST_F(SparseWindows, says_that_a_file_is_in_use) {
  publish("hello");
  const auto digest = descriptor_of("hello").digest;
  const OpenElsewhere ollama(models_.blob(digest), as_ollama);
  const auto removed = store().remove(ctx(), digest);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().message.find('\n'), std::string::npos);
  EXPECT_NE(removed.error().message.find("another program has it open"), std::string::npos) << removed.error().message;
}

class OllamaPartialOnWindows : public FilesystemTest {
 protected:
  OllamaPartialOnWindows() {
    write_file(blob_.string() + "-partial", bytes_);
    write_file(blob_.string() + "-partial-0", R"({"N":0,"Offset":0,"Size":10000,"Completed":6000})");
  }

  const std::string bytes_ = some_bytes(10'000);
  const fs::path blob_ = models_.blob(descriptor_of(bytes_).digest);
};

TEST_F(OllamaPartialOnWindows, is_continued) {
  auto staged = stage(bytes_);
  RangeSet first;
  first.add({0, 6000});
  EXPECT_EQ(staged->facts().resumed, first);
  ASSERT_TRUE(staged->write_at(6000, as_bytes(bytes_).subspan(6000)));
  const auto committed = commit(std::move(staged), bytes_);
  ASSERT_TRUE(committed) << committed.error().message;
  EXPECT_EQ(read_file(blob_), bytes_);
  EXPECT_EQ(files(root() / "blobs").size(), 1u);
}

TEST_F(OllamaPartialOnWindows, is_left_alone_while_ollama_has_it_open) {
  const OpenElsewhere ollama(blob_.string() + "-partial", as_ollama);
  EXPECT_TRUE(stage(bytes_)->facts().resumed.empty());
  EXPECT_EQ(read_file(blob_.string() + "-partial"), bytes_);
}

TEST(SoleFileOnWindows, is_nobody_elses_meanwhile) {
  const TempDir folder;
  const auto path = folder.write("file", "bytes");
  const auto sole = local::SoleFile::open(path).value();
  ASSERT_TRUE(sole);
  EXPECT_FALSE(local::SoleFile::open(path).value());
  EXPECT_EQ(local::open_file(path, local::Access::read).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace regtool
