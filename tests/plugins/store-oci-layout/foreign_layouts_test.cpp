// Layouts that other programs wrote, or write: nothing of theirs is lost.

#include "layout_under_test.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using ForeignLayout = LayoutTest;

TEST_F(ForeignLayout, gives_the_models_that_others_named) {
  const auto manifest = manifest_of({"weights"});
  put(manifest);
  write_file(root() / "index.json",
             index_of({entry_for(manifest, image_type, "gemma:2b"), entry_for(manifest, image_type, "quay.io/a/b:1")}));
  EXPECT_THAT(names(), ElementsAre("quay.io/a/b:1", "gemma:2b"));
  EXPECT_EQ(resolve("gemma:2b"), manifest);
}

TEST_F(ForeignLayout, keeps_what_it_does_not_know_byte_for_byte) {
  const auto multi = entry_for("several", index_type, "multi");
  const auto nameless = entry_for("nameless", image_type);
  const auto before = index_of({multi, nameless});
  write_file(root() / "index.json", before);
  link("gemma", "{}");
  EXPECT_THAT(index(), testing::HasSubstr(multi + ",\n  " + nameless + ","));
  unlink("gemma");
  EXPECT_EQ(index(), before);
}

TEST_F(ForeignLayout, keeps_the_blobs_of_an_image_without_a_name) {
  const auto manifest = manifest_of({"theirs"});
  for (const auto& bytes : {manifest, std::string("theirs"), std::string("nobody's")}) put(bytes);
  write_file(root() / "index.json", index_of({entry_for(manifest, image_type)}));
  EXPECT_THAT(listed_blobs(), ElementsAre("nobody's"));
  EXPECT_FALSE(store().remove(ctx(), digest_of("theirs")).value());
  EXPECT_FALSE(store().remove(ctx(), digest_of(manifest)).value());
  EXPECT_TRUE(store().remove(ctx(), digest_of("nobody's")).value());
}

TEST_F(ForeignLayout, keeps_the_blobs_of_every_platform_of_a_nested_index) {
  const auto amd64 = manifest_of({"for amd64"}), arm64 = manifest_of({"for arm64"});
  const auto both = index_of({entry_for(amd64, image_type), entry_for(arm64, image_type)});
  const auto outer = index_of({entry_for(both, index_type)});
  for (const auto& bytes : {amd64, arm64, both, outer, std::string("for amd64"), std::string("for arm64")}) put(bytes);
  write_file(root() / "index.json", index_of({entry_for(outer, index_type, "multi")}));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(listed_blobs(), IsEmpty());
  EXPECT_FALSE(store().remove(ctx(), digest_of("for arm64")).value());
}

TEST_F(ForeignLayout, keeps_the_blobs_of_a_second_image_of_the_same_name) {
  const auto first = manifest_of({"first"}), second = manifest_of({"second"});
  for (const auto& bytes : {first, second, std::string("first"), std::string("second")}) put(bytes);
  write_file(root() / "index.json",
             index_of({entry_for(first, image_type, "gemma"), entry_for(second, image_type, "gemma")}));
  EXPECT_EQ(resolve("gemma"), first);
  EXPECT_THAT(names(), ElementsAre("gemma:latest"));
  EXPECT_THAT(listed_blobs(), ElementsAre("first"));
}

TEST_F(ForeignLayout, takes_part_in_an_index_that_leads_back_to_itself) {
  // No program can write one whose digests are right; one that was damaged may look like this.
  const std::string loop = "loop";
  write_file(layout_.blob(digest_of(loop)), index_of({entry_for(loop, index_type)}));
  write_file(root() / "index.json", index_of({entry_for(loop, index_type)}));
  EXPECT_THAT(listed_blobs(), IsEmpty());
}

TEST_F(ForeignLayout, sees_what_another_program_changes_meanwhile) {
  EXPECT_THAT(names(), IsEmpty());
  const auto manifest = manifest_of({"theirs"});
  put(manifest);
  put("theirs");
  EXPECT_EQ(listed_blobs().size(), 2U);
  write_file(root() / "index.json", index_of({entry_for(manifest, image_type)}));
  EXPECT_THAT(listed_blobs(), IsEmpty());
}

TEST_F(ForeignLayout, with_an_index_that_cannot_be_read_is_not_touched) {
  put("blob");
  write_file(root() / "index.json", "{");
  EXPECT_FALSE(refs().list(ctx()));
  EXPECT_FALSE(store().remove(ctx(), digest_of("blob")));
  EXPECT_FALSE(refs().link(ctx(), Reference::parse("a").value(), "{}"));
  EXPECT_EQ(index(), "{");
  EXPECT_TRUE(has("blob"));
}

}  // namespace
}  // namespace regtool
