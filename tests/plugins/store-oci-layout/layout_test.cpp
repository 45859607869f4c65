// How a layout looks on disk, and what keeps its manifests.

#include <regtool/oci_index.hpp>

#include "layout_under_test.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Layout = LayoutTest;

namespace fs = std::filesystem;

std::vector<std::string> files(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST_F(Layout, is_that_of_the_specification) {
  publish("hello");
  link("gemma:2b", "{}");
  EXPECT_THAT(files(root()),
              ElementsAre(".regtool/index.lock", ".regtool/verified",
                          "blobs/sha256/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                          "blobs/sha256/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "index.json",
                          "oci-layout"));
  EXPECT_EQ(read_file(root() / "oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(index(), R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)"
                     R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)"
                     R"(44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"annotations":{)"
                     R"("io.containerd.image.name":"registry.ollama.ai/library/gemma:2b",)"
                     R"("org.opencontainers.image.ref.name":"gemma:2b"}}]})");
}

TEST_F(Layout, says_of_a_docker_manifest_that_it_is_one) {
  link("gemma", R"({"mediaType": "application/vnd.docker.distribution.manifest.v2+json"})");
  EXPECT_THAT(index(), HasSubstr(R"("mediaType":"application/vnd.docker.distribution.manifest.v2+json")"));
  EXPECT_THAT(names(), ElementsAre("gemma:latest"));
}

TEST_F(Layout, is_not_made_by_reading) {
  EXPECT_TRUE(store().list(ctx()));
  EXPECT_TRUE(store().open(ctx(), digest_of("x")));
  EXPECT_FALSE(store().remove(ctx(), digest_of("x")).value());
  EXPECT_TRUE(refs().list(ctx()));
  EXPECT_EQ(resolve("gemma"), "(absent)");
  EXPECT_FALSE(unlink("gemma"));
  EXPECT_FALSE(fs::exists(root()));
}

TEST_F(Layout, passes_over_its_manifests_when_it_lists_blobs_and_when_it_removes_them) {
  publish("weights");
  link("gemma", manifest_of({"weights"}));
  EXPECT_THAT(listed_blobs(), ElementsAre("weights"));
  EXPECT_FALSE(store().remove(ctx(), digest_of(manifest_of({"weights"}))).value());
  EXPECT_EQ(resolve("gemma"), manifest_of({"weights"}));
  EXPECT_TRUE(store().remove(ctx(), digest_of("weights")).value());
}

TEST_F(Layout, loses_a_manifest_with_its_last_name) {
  link("a", "shared");
  link("b", "shared");
  EXPECT_TRUE(unlink("a"));
  EXPECT_EQ(resolve("b"), "shared");
  EXPECT_TRUE(unlink("b"));
  EXPECT_FALSE(has("shared"));
}

TEST_F(Layout, loses_the_manifest_that_a_name_moves_away_from) {
  link("a", "old");
  link("a", "new");
  EXPECT_FALSE(has("old"));
  EXPECT_TRUE(has("new"));
}

TEST_F(Layout, keeps_a_manifest_that_another_model_has_as_a_layer) {
  link("a", "both");
  link("b", manifest_of({"both"}));
  EXPECT_TRUE(unlink("a"));
  EXPECT_TRUE(has("both"));
}

TEST_F(Layout, tells_a_damaged_manifest_and_a_missing_one) {
  link("a", "manifest");
  layout_.damage(digest_of("manifest"));
  const auto name = Reference::parse("a").value();
  auto found = refs().resolve(ctx(), name);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::corrupt);
  EXPECT_THAT(found.error().message, HasSubstr("is damaged"));
  fs::remove(layout_.blob(digest_of("manifest")));
  found = refs().resolve(ctx(), name);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::corrupt);
  EXPECT_THAT(found.error().message, HasSubstr("is missing"));
}

TEST_F(Layout, replaces_a_damaged_manifest_when_it_is_linked_again) {
  link("a", "manifest");
  layout_.damage(digest_of("manifest"));
  link("a", "manifest");
  EXPECT_EQ(resolve("a"), "manifest");
}

TEST_F(Layout, of_another_version_is_left_alone) {
  write_file(root() / "oci-layout", R"({"imageLayoutVersion": "2.0.0"})");
  const auto checked = layout_.open().index().check_version();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::unsupported);
  EXPECT_FALSE(refs().link(ctx(), Reference::parse("a").value(), "{}"));
  EXPECT_FALSE(fs::exists(root() / "index.json"));
}

TEST_F(Layout, leaves_no_temporary_files) {
  for (const auto* name : {"a", "b", "a"}) link(name, name);
  unlink("a");
  EXPECT_THAT(files(root() / ".regtool"), ElementsAre("index.lock", "verified"));
}

}  // namespace
}  // namespace regtool
