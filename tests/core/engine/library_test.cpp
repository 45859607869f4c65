#include "engine/library.hpp"

#include "digest_of.hpp"
#include "engine_lab.hpp"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>

namespace regtool {
namespace {

using testing::HasSubstr;

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

TEST(RemoveModel, removes_the_name_and_the_blobs_that_only_it_needed) {
  EngineLab lab;
  const auto shared = some_bytes(100, 1), own = some_bytes(100, 2);
  lab.keep("ns/kept", {shared});
  lab.keep("ns/model", {shared, own});

  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->blobs, 1u);
  EXPECT_EQ(removed->bytes, 100u);
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_TRUE(lab.has(shared));
  EXPECT_FALSE(lab.has(own));
}

TEST(RemoveModel, removes_no_blob_while_another_manifest_cannot_be_read) {
  EngineLab lab;
  const auto own = some_bytes(100, 2);
  lab.keep("ns/model", {own});
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));

  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(lab.stored("ns/model"), "");
  EXPECT_TRUE(lab.has(own));
  EXPECT_THAT(lab.fake.console.warnings(), testing::ElementsAre(HasSubstr("ns/torn:latest cannot be read")));
}

// Another process that does something at the moment at which a blob is removed.
class EventfulStore final : public Store {
 public:
  EventfulStore(Store& inner, std::function<void()> event) : inner_(inner), event_(std::move(event)) {}

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override {
    return inner_.open(ctx, digest);
  }
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override {
    return inner_.stage(ctx, what);
  }
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override { return inner_.commit(ctx, blobs); }
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override {
    if (event_) std::exchange(event_, nullptr)();
    return inner_.remove(ctx, digest);
  }
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override { return inner_.list(ctx); }

 private:
  Store& inner_;
  std::function<void()> event_;
};

TEST(RemoveModel, puts_back_what_another_process_links_at_that_moment) {
  EngineLab lab;
  const auto needed = some_bytes(3'000'000, 1), own = some_bytes(100, 2);
  lab.keep("ns/model", {needed, own});
  EventfulStore store(lab.store, [&] { lab.keep("ns/other", {needed}); });
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};

  const auto removed = remove_model(lab.fake.context(), toolkit, name_of("ns/model"), true);

  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->blobs, 1u);
  EXPECT_TRUE(lab.has(needed));
  EXPECT_FALSE(lab.has(own));
}

TEST(RemoveModel, puts_everything_back_when_the_names_can_no_longer_be_read) {
  EngineLab lab;
  const auto own = some_bytes(100, 2);
  lab.keep("ns/model", {own});
  EventfulStore store(lab.store, [&] { (void)lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"); });
  const Toolkit toolkit{store, lab.refs, *lab.verifier, lab.settings, lab.board};

  ASSERT_TRUE(remove_model(lab.fake.context(), toolkit, name_of("ns/model"), true));

  EXPECT_TRUE(lab.has(own));
}

TEST(CopyModel, says_so_when_the_blobs_are_taken_away_at_that_moment) {
  EngineLab lab;
  const auto weights = some_bytes(100);
  lab.keep("ns/model", {weights});
  ASSERT_TRUE(lab.store.remove(lab.fake.context(), digest_of(weights)));
  const auto copied = copy_model(lab.fake.context(), lab.toolkit(), name_of("ns/model"), name_of("ns/copy"));
  ASSERT_FALSE(copied);
  EXPECT_THAT(copied.error().message, HasSubstr("is not in the store"));
}

TEST(RemoveModel, removes_a_name_whose_manifest_cannot_be_read) {
  EngineLab lab;
  ASSERT_TRUE(lab.refs.link(lab.fake.context(), name_of("ns/torn"), "{"));
  ASSERT_TRUE(remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/torn"), true));
  EXPECT_EQ(lab.stored("ns/torn"), "");
}

TEST(RemoveModel, names_the_nearest_model_when_there_is_none_of_that_name) {
  EngineLab lab;
  lab.keep("ns/gemma", {});
  const auto removed = remove_model(lab.fake.context(), lab.toolkit(), name_of("ns/gema"), true);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::not_found);
  EXPECT_THAT(removed.error().message, HasSubstr("did you mean \"registry.test/ns/gemma:latest\""));
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

TEST(VerifyModels, tells_what_is_damaged_and_what_is_missing_whatever_the_store_believes) {
  EngineLab lab;
  const auto damaged = some_bytes(100, 1), missing = some_bytes(100, 2), good = some_bytes(100, 3);
  lab.keep("ns/model", {damaged, missing, good});
  lab.store.disk().put(digest_of(damaged), some_bytes(100, 9));
  ASSERT_TRUE(lab.store.remove(lab.fake.context(), digest_of(missing)));
  const auto manifest = local_manifest(lab.fake.context(), lab.toolkit(), name_of("ns/model"));
  ASSERT_TRUE(manifest);

  const auto problems = verify_models(lab.fake.context(), lab.toolkit(), {*manifest});

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
