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

  const auto problems =
      verify_blobs(lab.fake.context(), lab.toolkit(), blobs_of({{name_of("ns/model"), *manifest}}));

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

}  // namespace
}  // namespace regtool
