#include "filesystem_fixture.hpp"

#include <sys/stat.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using Layout = FilesystemTest;

mode_t mode_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }

 private:
  const mode_t before_;
};

TEST_F(Layout, is_ollamas_byte_for_byte) {
  publish("hello");
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("gemma:2b").value(), "{}"));
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("localhost:5000/a/b/c:1").value(), "{}"));
  const std::vector<std::string> expected{
      ".regtool/verified",
      "blobs/sha256-2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      "manifests/localhost:5000/a/b/c/1",
      "manifests/registry.ollama.ai/library/gemma/2b",
  };
  EXPECT_EQ(files(root()), expected);
  EXPECT_EQ(read_file(root() / expected[1]), "hello");
  EXPECT_EQ(read_file(root() / expected[3]), "{}");
}

TEST_F(Layout, makes_nothing_before_something_is_written) {
  EXPECT_TRUE(store().list(ctx()));
  EXPECT_TRUE(store().open(ctx(), descriptor_of("x").digest));
  EXPECT_TRUE(refs().list(ctx()));
  EXPECT_TRUE(refs().resolve(ctx(), Reference::parse("gemma").value()));
  EXPECT_FALSE(fs::exists(root()));
}

TEST_F(Layout, has_the_modes_that_the_umask_leaves) {
  const Umask mask(027);
  publish("hello");
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("gemma:2b").value(), "{}"));
  EXPECT_EQ(mode_of(models_.blob(descriptor_of("hello").digest)), 0640u);
  EXPECT_EQ(mode_of(root() / "manifests/registry.ollama.ai/library/gemma/2b"), 0640u);
  for (const char* folder : {"blobs", "manifests", "manifests/registry.ollama.ai/library", ".regtool"}) {
    EXPECT_EQ(mode_of(root() / folder), 0750u) << folder;
  }
}

TEST_F(Layout, stages_outside_of_the_folder_that_ollama_sweeps) {
  const auto staged = stage("hello");
  EXPECT_TRUE(files(root() / "blobs").empty());
  EXPECT_EQ(files(staging()).size(), 1u);
}

TEST_F(Layout, leaves_nothing_of_what_was_never_checkpointed) {
  auto staged = stage("hello");
  ASSERT_TRUE(staged->write_at(0, as_bytes("hello")));
  staged.reset();
  EXPECT_TRUE(files(staging()).empty());
}

TEST_F(Layout, passes_foreign_files_over) {
  publish("hello");
  const auto hex = std::string(descriptor_of("other").digest.hex());
  for (const auto& name : {"._sha256-" + hex, std::string(".DS_Store"), "sha256-" + hex + "-partial", "sha256:" + hex,
                           "sha256-" + hex.substr(1), "sha256-" + std::string(64, 'A')}) {
    write_file(root() / "blobs" / name, "foreign");
  }
  fs::create_directories(root() / "blobs" / ("sha256-" + hex));
  const auto listed = store().list(ctx()).value();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].digest, descriptor_of("hello").digest);
  EXPECT_EQ(store().open(ctx(), descriptor_of("other").digest).error().code, Errc::invalid_argument);
}

TEST_F(Layout, is_found_by_name_whatever_spelling_is_on_disk) {
  write_file(root() / "manifests/registry.ollama.ai/Library/Gemma/2B", "first");
  write_file(root() / "manifests/registry.ollama.ai/library/gemma/2b", "second");
  write_file(root() / "manifests/registry.ollama.ai/library/gemma/7b", "only in the second folder");
  EXPECT_EQ(refs().resolve(ctx(), Reference::parse("gemma:2b").value()).value(), "second");
  EXPECT_EQ(refs().resolve(ctx(), Reference::parse("GEMMA:2b").value()).value(), "first");
  EXPECT_EQ(refs().resolve(ctx(), Reference::parse("GEMMA:7B").value()).value(), "only in the second folder");
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("gemma:new").value(), "new"));
  EXPECT_EQ(read_file(root() / "manifests/registry.ollama.ai/Library/Gemma/new"), "new");
}

TEST_F(Layout, of_names_passes_foreign_files_over) {
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("gemma:2b").value(), "{}"));
  const auto gemma = root() / "manifests/registry.ollama.ai/library/gemma";
  for (const auto& path : {gemma / "._2b", gemma / ".DS_Store", gemma / "a b", root() / "manifests/README",
                           root() / "manifests/h/x", root() / "manifests/.regtool/n/m/t"}) {
    write_file(path, "foreign");
  }
  fs::create_directory_symlink(root() / "manifests", gemma / "loop");
  EXPECT_EQ(refs().list(ctx()).value().size(), 1u);
}

TEST_F(Layout, of_names_follows_a_link_to_a_folder_so_that_no_name_is_overlooked) {
  const TempDir elsewhere;
  write_file(elsewhere / "library/gemma/2b", "{}");
  fs::create_directories(root() / "manifests");
  fs::create_directory_symlink(elsewhere.path(), root() / "manifests/registry.ollama.ai");
  EXPECT_EQ(refs().list(ctx()).value().size(), 1u);
}

TEST_F(Layout, loses_empty_folders_with_the_last_name_in_them) {
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("a/gemma:2b").value(), "{}"));
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("b/gemma:2b").value(), "{}"));
  ASSERT_TRUE(refs().unlink(ctx(), Reference::parse("a/gemma:2b").value()).value());
  EXPECT_FALSE(fs::exists(root() / "manifests/registry.ollama.ai/a"));
  EXPECT_TRUE(fs::exists(root() / "manifests/registry.ollama.ai/b/gemma/2b"));
  ASSERT_TRUE(refs().unlink(ctx(), Reference::parse("b/gemma:2b").value()).value());
  EXPECT_TRUE(fs::is_empty(root() / "manifests"));
}

TEST_F(Layout, says_so_when_a_name_would_need_a_folder_where_a_name_is) {
  ASSERT_TRUE(refs().link(ctx(), Reference::parse("h/a/b:c").value(), "{}"));
  const auto linked = refs().link(ctx(), Reference::parse("h/a/b/c:d").value(), "{}");
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, Errc::invalid_argument);
  EXPECT_EQ(refs().resolve(ctx(), Reference::parse("h/a/b:c").value()).value(), "{}");
}

}  // namespace
}  // namespace regtool
