#pragma once
// What the tests of the filesystem store share.

#include "digest_of.hpp"
#include "filesystem_under_test.hpp"
#include "test_verifier.hpp"
#include "verified_bytes.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace regtool {

class FilesystemTest : public testing::Test {
 protected:
  Context ctx() { return fake_.context(); }
  Store& store() { return models_.store(); }
  Refs& refs() { return models_.refs(); }
  std::filesystem::path root() const { return models_.root(); }
  std::filesystem::path staging() const { return root() / ".regtool" / "staging"; }

  std::unique_ptr<StagedObject> stage(std::string_view bytes) {
    auto staged = store().stage(ctx(), descriptor_of(bytes));
    EXPECT_TRUE(staged) << staged.error().message;
    return std::move(staged).value();
  }

  Result<> commit(std::unique_ptr<StagedObject> staged, std::string_view bytes) {
    Finished finished[] = {{std::move(staged), prove(*verifier_, bytes)}};
    return store().commit(ctx(), finished);
  }

  void publish(std::string_view bytes) {
    auto staged = stage(bytes);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
    const auto committed = commit(std::move(staged), bytes);
    ASSERT_TRUE(committed) << committed.error().message;
  }

  // The files under a folder, relative to it, in order.
  static std::vector<std::string> files(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  FakeContext fake_;
  FilesystemUnderTest models_;
  std::unique_ptr<Verifier> verifier_ = make_test_verifier();
};

}  // namespace regtool
