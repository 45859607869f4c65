// Stores that cannot be written.

#include "bad_input.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

class BadPlace : public BadServer {
 protected:
  BadPlace() { serve_model(); }

  // Runs every later command after `mount`, in a mount namespace of its own, and copies the store to `left` when it has
  // ended: the mount is gone then. False where that is forbidden.
  bool mount_for_later(const std::string& mount) {
    fs::create_directories(user_.store());
    const auto script = fmt::format("{} none '{}' || exit 99; \"$@\"; status=$?; cp -r '{}/.' '{}'; exit $status",
                                    mount, user_.store().string(), user_.store().string(), left_.path().string());
    user_.run_through({"unshare", "--mount", "sh", "-c", script, "sh"});
    return user_.regtool({"version"}).status == 0;
  }

  Descriptor add_large_blob(char fill) { return registry_.content().add_blob("ns/model", std::string(700'000, fill)); }

  void serve_layers(const std::vector<Descriptor>& blobs) {
    std::vector<ServedLayer> layers;
    for (const auto& blob : blobs) layers.push_back({"application/vnd.ollama.image.model", blob});
    serve_manifest(manifest_json(registry_.content().add_blob("ns/model", "{}"), layers));
  }

  void expect_no_large_blob_left() const {
    EXPECT_FALSE(fs::exists(left_ / "manifests"));
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(left_ / "blobs", none)) {
      EXPECT_TRUE(entry.file_size() == 2 || entry.file_size() == 700'000) << entry.path();
    }
  }

  TempDir left_;
};

TEST_F(BadPlace, that_is_a_file_is_left_alone) {
  write_file(user_.store(), "a file");
  expect_pull_refused({2, {user_.store().string(), "not a folder", "store.root"}});
  EXPECT_EQ(read_file(user_.store()), "a file");
}

TEST_F(BadPlace, that_is_below_a_file) {
  write_file(user_.home() / "file", "a file");
  user_.set_environment("OLLAMA_MODELS", (user_.home() / "file/models").string());
  expect_pull_refused({2, {(user_.home() / "file").string(), "below a file", "store.root"}});
}

TEST_F(BadPlace, whose_folders_are_files) {
  for (const std::string folder : {"blobs", "manifests", ".regtool"}) {
    SCOPED_TRACE(folder);
    fs::remove_all(user_.store());
    write_file(user_.store() / folder, "a file");
    expect_pull_refused({folder == "blobs" ? 1 : 2, {(user_.store() / folder).string(), "Not a directory"}});
    EXPECT_EQ(read_file(user_.store() / folder), "a file");
  }
}

TEST_F(BadPlace, where_a_folder_has_the_name_of_a_model) {
  fs::create_directories(user_.store() / "manifests" / host() / "ns/model/tag/x");
  expect_pull_refused({2, {"ns/model/tag", "Is a directory"}});
}

TEST_F(BadPlace, that_is_read_only) {
  if (!mount_for_later("mount -t tmpfs -o ro")) GTEST_SKIP() << "needs the right to mount";
  expect_pull_refused({3, {user_.store().string(), "Read-only"}});
}

TEST_F(BadPlace, that_is_full) {
  if (!mount_for_later("mount -t tmpfs -o size=64k")) GTEST_SKIP() << "needs the right to mount";
  serve_layers({add_large_blob('a')});
  expect_pull_refused({7, {"model", "free", user_.store().string()}});
  expect_no_large_blob_left();
}

TEST_F(BadPlace, that_fills_up_meanwhile) {
  if (!mount_for_later("mount -t tmpfs -o size=1m")) GTEST_SKIP() << "needs the right to mount";
  serve_layers({add_large_blob('a'), add_large_blob('b')});
  expect_pull_refused({7, {"model", user_.store().string()}});
  expect_no_large_blob_left();
}

}  // namespace
}  // namespace regtool
