// Stores whose medium is full, or cannot be written to.

#include "store_suite.hpp"
#include "verified_bytes.hpp"

namespace regtool {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MediumSuite);

Result<> MediumSuite::try_to_publish(std::string_view bytes) {
  REGTOOL_TRY_ASSIGN(auto staged, store().stage(ctx(), descriptor_of(bytes)));
  REGTOOL_TRY(staged->write_at(0, as_bytes(bytes)));
  Finished finished[] = {{std::move(staged), prove(bytes)}};
  return store().commit(ctx(), finished);
}

TEST_P(MediumSuite, when_full_takes_no_blob_and_keeps_what_it_has) {
  publish("kept");
  if (!under_test_->make_full()) GTEST_SKIP() << "needs the right to mount";
  const auto bytes = some_bytes(traits().unit);
  const auto published = try_to_publish(bytes);
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, Errc::no_space);
  EXPECT_EQ(read(descriptor_of(bytes).digest), "(absent)");
  EXPECT_EQ(store().list(ctx()).value().size(), 1u);
  under_test_->reopen();
  EXPECT_EQ(read(descriptor_of("kept").digest), "kept");
  EXPECT_TRUE(store().open(ctx(), descriptor_of("kept").digest).value()->trusted());
}

TEST_P(MediumSuite, that_fills_up_fails_the_write_and_shows_nothing) {
  const auto bytes = ten_units();
  auto staged = stage(bytes);
  write_and_checkpoint(*staged, bytes, units({{0, 1}}));
  if (!under_test_->make_full()) GTEST_SKIP() << "needs the right to mount";
  const auto unit = traits().unit;
  Result<> written;
  for (std::size_t at = unit; at < 2 * unit && written; at += unit) {
    written = staged->write_at(at, as_bytes(bytes).subspan(at, unit));
  }
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::no_space);
  staged.reset();
  EXPECT_EQ(read(descriptor_of(bytes).digest), "(absent)");
  EXPECT_TRUE(store().list(ctx()).value().empty());
}

TEST_P(MediumSuite, when_full_can_be_emptied) {
  publish("removed");
  if (!under_test_->make_full()) GTEST_SKIP() << "needs the right to mount";
  const auto removed = store().remove(ctx(), descriptor_of("removed").digest);
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_TRUE(*removed);
}

TEST_P(MediumSuite, when_read_only_can_be_read) {
  const auto name = Reference::parse("gemma:2b").value();
  publish("kept");
  ASSERT_TRUE(refs().link(ctx(), name, "{}"));
  if (!under_test_->make_read_only()) GTEST_SKIP() << "needs the right to mount";
  under_test_->reopen();
  EXPECT_EQ(read(descriptor_of("kept").digest), "kept");
  EXPECT_TRUE(store().open(ctx(), descriptor_of("kept").digest).value()->trusted());
  EXPECT_EQ(store().list(ctx()).value().size(), 1u);
  EXPECT_EQ(refs().resolve(ctx(), name).value(), "{}");
  EXPECT_EQ(refs().list(ctx()).value().size(), 1u);
}

TEST_P(MediumSuite, when_read_only_forbids_every_change) {
  const auto name = Reference::parse("gemma:2b").value();
  publish("kept");
  ASSERT_TRUE(refs().link(ctx(), name, "{}"));
  if (!under_test_->make_read_only()) GTEST_SKIP() << "needs the right to mount";
  const auto code = [](const auto& result) { return result ? std::nullopt : std::optional(result.error().code); };
  EXPECT_EQ(code(try_to_publish("new")), Errc::forbidden);
  EXPECT_EQ(code(store().remove(ctx(), descriptor_of("kept").digest)), Errc::forbidden);
  EXPECT_EQ(code(refs().link(ctx(), name, "[]")), Errc::forbidden);
  EXPECT_EQ(code(refs().unlink(ctx(), name)), Errc::forbidden);
  EXPECT_EQ(read(descriptor_of("kept").digest), "kept");
  EXPECT_EQ(read(descriptor_of("new").digest), "(absent)");
  EXPECT_EQ(refs().resolve(ctx(), name).value(), "{}");
}

}  // namespace regtool
