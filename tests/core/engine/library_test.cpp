#include "engine/library.hpp"

#include "digest_of.hpp"
#include "engine/removal.hpp"
#include "engine_lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

TEST(CopyModel, says_so_when_the_blobs_are_taken_away_at_that_moment) {
  EngineLab lab;
  const auto weights = some_bytes(100);
  lab.keep("ns/model", {weights});
  ASSERT_TRUE(lab.store.remove(lab.fake.context(), digest_of(weights)));
  const auto copied = copy_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), name_of("ns/copy"));
  ASSERT_FALSE(copied);
  EXPECT_THAT(copied.error().message, HasSubstr("is not in the store"));
}

TEST(CopyModel, gives_a_model_a_second_name_that_keeps_its_blobs) {
  EngineLab lab;
  const auto weights = some_bytes(100);
  const auto manifest = lab.keep("ns/model", {weights});
  ASSERT_TRUE(copy_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), name_of("ns/copy")));
  EXPECT_EQ(lab.stored("ns/copy"), manifest);
  ASSERT_TRUE(remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true));
  EXPECT_TRUE(lab.has(weights));
}

TEST(VerifyBlobs, tells_what_is_damaged_and_what_is_missing_whatever_the_store_believes) {
  EngineLab lab;
  const auto damaged = some_bytes(100, 1), missing = some_bytes(100, 2), good = some_bytes(100, 3);
  lab.keep("ns/model", {damaged, missing, good});
  lab.store.disk().put(digest_of(damaged), some_bytes(100, 9));
  ASSERT_TRUE(lab.store.remove(lab.fake.context(), digest_of(missing)));
  const auto manifest = local_manifest(lab.fake.context(), lab.toolkit(), name_of("ns/model"));
  ASSERT_TRUE(manifest);

  const auto problems = verify_blobs(lab.fake.context(), lab.toolkit(), blobs_of({{name_of("ns/model"), *manifest}}));

  ASSERT_TRUE(problems) << problems.error().message;
  ASSERT_EQ(problems->size(), 2u);
  for (const auto& problem : *problems) {
    const bool is_missing = problem.blob.blob.digest == digest_of(missing);
    EXPECT_THAT(problem.what, HasSubstr(is_missing ? "missing" : "found sha256:"));
  }
}

TEST(ListModels, lists_one_that_cannot_be_read_with_its_problem) {
  EngineLab lab;
  lab.keep("ns/good", {some_bytes(100)});
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));

  const auto models = list_models(lab.fake.context(), lab.toolkit());

  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->size(), 2u);
  EXPECT_EQ((*models)[0].size, 123u);
  EXPECT_TRUE((*models)[0].manifest);
  EXPECT_FALSE((*models)[1].manifest);
  EXPECT_THAT((*models)[1].problem, HasSubstr("not JSON"));
}

TEST(ListModels, tells_how_much_of_each_other_models_use_as_well) {
  EngineLab lab;
  lab.keep("ns/a", {some_bytes(100, 1), some_bytes(10, 2)});
  lab.keep("ns/b", {some_bytes(100, 1), some_bytes(20, 3)});
  const auto models = list_models(lab.fake.context(), lab.toolkit()).value();
  ASSERT_EQ(models.size(), 2u);
  for (const auto& model : models) EXPECT_EQ(model.shared, 123u);  // the layer and the config
  EXPECT_EQ(models[0].size, 133u);
  EXPECT_EQ(models[1].size, 143u);
}

TEST(ListModels, shares_nothing_of_a_model_that_is_alone) {
  EngineLab lab;
  lab.keep("ns/a", {some_bytes(100, 1), some_bytes(100, 1)});
  EXPECT_EQ(list_models(lab.fake.context(), lab.toolkit()).value().at(0).shared, 0u);
}

TEST(ListModels, counts_what_models_share_once_in_all) {
  EngineLab lab;
  lab.keep("ns/a", {some_bytes(100, 1), some_bytes(10, 2)});
  lab.keep("ns/b", {some_bytes(100, 1), some_bytes(20, 3)});
  EXPECT_EQ(distinct_bytes(list_models(lab.fake.context(), lab.toolkit()).value()), 153u);
}

TEST(ListModels, keeps_the_order_of_names_however_many_there_are) {
  EngineLab lab;
  for (int i = 999; i >= 100; --i) lab.keep("ns/m" + std::to_string(i), {});
  const auto models = list_models(lab.fake.context(), lab.toolkit()).value();
  ASSERT_EQ(models.size(), 900u);
  for (std::size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ(models[i].name.repository(), "ns/m" + std::to_string(100 + i));
  }
}

}  // namespace
}  // namespace regtool
