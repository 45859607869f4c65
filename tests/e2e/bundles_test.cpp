// Models go from one store into another, directly and as bundles, and are the same bytes there.

#include "two_stores.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Bundles : public TwoStores {
 protected:
  static constexpr const char* gemma = "registry.ollama.ai/demo/gemma:2b";
  static constexpr const char* phi = "registry.ollama.ai/demo/phi:3";
};

TEST_F(Bundles, go_through_a_pipe_into_another_store) {
  make(gemma, {.weights = sizes().weights, .tensors = 20});
  shell("regtool export demo/gemma:2b - | regtool import - --store second");
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, go_through_a_file_into_another_store) {
  make(gemma, {.weights = sizes().weights});
  make(phi, {.weights = 0, .tensors = sizes().tensors, .seed = 2});
  EXPECT_THAT(regtool({"export", "demo/gemma:2b", "demo/phi:3", "models.tar"}), HasSubstr("2 models"));
  regtool({"import", "models.tar", "--store", "second"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, are_the_same_bytes_from_every_kind_of_store) {
  make(gemma);
  regtool({"migrate", "--to-store", "layout"});
  regtool({"export", "demo/gemma:2b", "one.tar"});
  regtool({"export", "demo/gemma:2b", "two.tar", "--store", "layout"});
  shell("regtool export demo/gemma:2b - > three.tar && cmp one.tar two.tar && cmp one.tar three.tar");
}

TEST_F(Bundles, in_volumes_are_the_same_bytes_one_after_the_other) {
  make(gemma, {.weights = 8 << 20});
  regtool({"export", "demo/gemma:2b", "whole.tar"});
  EXPECT_THAT(regtool({"export", "demo/gemma:2b", "split.tar", "--split", "3M"}), HasSubstr("in 3 volumes"));
  shell("cat split.tar.00? | cmp - whole.tar");
  regtool({"import", "split.tar", "--store", "second"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
  shell("cat split.tar.00? | regtool import - --store layout");
}

TEST_F(Bundles, that_leave_out_what_another_has_come_after_it) {
  make(gemma, {.weights = 4 << 20});
  regtool({"export", "demo/gemma:2b", "base.tar"});
  make(phi, {.weights = 4 << 20, .tensors = 1});
  EXPECT_THAT(regtool({"export", "demo/gemma:2b", "demo/phi:3", "more.tar", "--since", "base.tar"}),
              HasSubstr("left out"));
  EXPECT_LT(std::filesystem::file_size(file("more.tar")), 200'000U);

  const auto alone = user_.regtool({"import", "more.tar", "--store", "second"});
  EXPECT_EQ(alone.status, 4);
  EXPECT_THAT(alone.err, HasSubstr("import the bundle first that this one was made --since"));
  EXPECT_FALSE(std::filesystem::exists(second() / "manifests"));

  regtool({"import", "base.tar", "--store", "second"});
  regtool({"import", "more.tar", "--store", "second"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, can_be_unpacked_into_a_layout) {
  make(gemma);
  regtool({"export", "demo/gemma:2b", "models.tar"});
  shell("mkdir layout && tar -xf models.tar -C layout && regtool verify --store layout");
  regtool({"cp", "demo/gemma:2b", "--from-store", "layout", "--to-store", "second"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, of_a_layout_that_somebody_packed_are_taken) {
  make(gemma);
  regtool({"cp", "demo/gemma:2b", "--to-store", "layout"});
  shell("tar -cf packed.tar -C layout . && regtool import packed.tar --store second");
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, two_of_which_share_blobs_move_them_once) {
  make(gemma, {.weights = 4 << 20});
  make(phi, {.weights = 4 << 20, .tensors = 1});
  regtool({"export", "demo/gemma:2b", "gemma.tar"});
  regtool({"export", "demo/phi:3", "phi.tar"});
  regtool({"import", "gemma.tar", "--store", "second"});
  EXPECT_THAT(regtool({"import", "phi.tar", "--store", "second"}), HasSubstr("imported, 65.5 KB of 4.26 MB"));
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, replace_no_file_unless_told_to) {
  make(gemma);
  write_file(file("models.tar"), "precious");
  const auto outcome = user_.regtool({"export", "demo/gemma:2b", "models.tar"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("--force replaces it"));
  EXPECT_EQ(read_file(file("models.tar")), "precious");
  regtool({"export", "demo/gemma:2b", "models.tar", "--force"});
  regtool({"import", "models.tar", "--store", "second"});
}

TEST_F(Bundles, models_are_copied_between_stores_and_back) {
  make(gemma, {.weights = sizes().weights});
  regtool({"cp", "demo/gemma:2b", "--to-store", "layout"});
  EXPECT_THAT(regtool({"cp", "demo/gemma:2b", "--to-store", "layout"}), HasSubstr("up to date in layout"));
  regtool({"cp", "demo/gemma:2b", "--from-store", "layout", "--to-store", "second"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(Bundles, every_model_is_moved_to_another_layout_and_the_store_stays) {
  make(gemma);
  make(phi, {.weights = 0, .tensors = 30, .seed = 2});
  const auto before = shell("find models -type f | sort | xargs sha256sum");
  EXPECT_THAT(regtool({"migrate", "--to-store", "layout", "--dry-run"}), HasSubstr("would copy"));
  EXPECT_FALSE(std::filesystem::exists(layout() / "index.json"));
  regtool({"migrate", "--to-store", "layout"});
  regtool({"migrate", "--to-store", "second", "--store", "layout"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
  EXPECT_EQ(shell("find models -type f -not -path '*/.regtool/*' | sort | xargs sha256sum"), before);
}

TEST_F(Bundles, two_programs_import_at_once_into_one_store) {
  make(gemma, {.weights = 8 << 20, .tensors = 50});
  make(phi, {.weights = 8 << 20, .tensors = 50, .seed = 2});
  regtool({"export", "demo/gemma:2b", "demo/phi:3", "models.tar"});
  shell("regtool import models.tar --store layout & regtool import models.tar --store layout && wait $!");
  regtool({"migrate", "--to-store", "second", "--store", "layout"});
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

}  // namespace
}  // namespace regtool
