#include "engine/copy.hpp"

#include "digest_of.hpp"
#include "engine_lab.hpp"
#include "faulty_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

// A second store beside that of the lab.
class CopyModelTo : public testing::Test {
 protected:
  explicit CopyModelTo(const MemoryDisk::Distance& distance = {})
      : disk_(std::make_shared<MemoryDisk>(distance)), there_(disk_) {}

  Toolkit there() { return {there_, there_refs_, *lab_.verifier, lab_.settings, lab_.board}; }

  Result<CopyReport> copy(const std::string& name = "ns/model", bool dry_run = false) {
    return copy_model(lab_.fake.context(), lab_.toolkit(), name_of(name), there(), name_of(name), dry_run);
  }

  std::string linked(const std::string& name = "ns/model") {
    return there_refs_.resolve(lab_.fake.context(), name_of(name))->value_or("");
  }

  bool there_has(const std::string& bytes) const {
    const auto found = disk_->bytes(digest_of(bytes));
    return found && *found == bytes;
  }

  EngineLab lab_;
  const std::shared_ptr<MemoryDisk> disk_;
  MemoryStore there_;
  MemoryRefs there_refs_;
};

TEST_F(CopyModelTo, brings_every_blob_and_then_the_name) {
  const auto large = some_bytes(20'000'000, 1), small = some_bytes(100, 2);
  const auto manifest = lab_.keep("ns/model", {large, small});
  const auto report = copy();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(linked(), manifest);
  EXPECT_TRUE(there_has(large));
  EXPECT_TRUE(there_has(small));
  EXPECT_EQ(report->blobs, 3U);
  EXPECT_EQ(report->copied_blobs, 3U);
  EXPECT_EQ(report->copied_bytes, 20'000'123U);
  EXPECT_EQ(report->total_bytes, 20'000'123U);
  EXPECT_TRUE(report->changed);
}

TEST_F(CopyModelTo, copies_nothing_that_is_there_and_good) {
  lab_.keep("ns/model", {some_bytes(100)});
  ASSERT_TRUE(copy());
  const auto report = copy();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->copied_blobs, 0U);
  EXPECT_FALSE(report->changed);
}

TEST_F(CopyModelTo, replaces_what_is_there_and_damaged) {
  const auto weights = some_bytes(100);
  lab_.keep("ns/model", {weights});
  disk_->put(digest_of(weights), some_bytes(100, 9));
  ASSERT_TRUE(copy());
  EXPECT_TRUE(there_has(weights));
}

TEST_F(CopyModelTo, goes_on_where_an_earlier_run_was) {
  const auto weights = some_bytes(1'000'000);
  lab_.keep("ns/model", {weights});
  disk_->leave_staged(descriptor_of(weights), weights.substr(0, 600'000));
  ASSERT_TRUE(copy());
  EXPECT_TRUE(there_has(weights));
  EXPECT_EQ(lab_.board.view()[0].resumed, 600'000U);
}

TEST_F(CopyModelTo, begins_again_where_what_an_earlier_run_left_is_damaged) {
  const auto weights = some_bytes(1'000'000);
  lab_.keep("ns/model", {weights});
  disk_->leave_staged(descriptor_of(weights), some_bytes(600'000, 9));
  const auto report = copy();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(there_has(weights));
}

TEST_F(CopyModelTo, does_not_publish_a_blob_that_is_damaged_where_it_comes_from) {
  const auto weights = some_bytes(100);
  lab_.keep("ns/model", {weights});
  lab_.store.disk().put(digest_of(weights), some_bytes(100, 9));
  disk_->put(digest_of(config_bytes), config_bytes);  // else it may be under way when the other fails
  const auto report = copy();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_THAT(report.error().message, HasSubstr("model " + std::string(digest_of(weights).brief())));
  EXPECT_EQ(linked(), "");
  EXPECT_FALSE(disk_->bytes(digest_of(weights)));
  EXPECT_EQ(disk_->staged_count(), 0U) << "it would be taken up again";
}

TEST_F(CopyModelTo, says_what_is_missing_where_it_comes_from) {
  const auto weights = some_bytes(100);
  lab_.keep("ns/model", {weights});
  ASSERT_TRUE(lab_.store.remove(lab_.fake.context(), digest_of(weights)));
  const auto report = copy();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_THAT(report.error().message, HasSubstr("is missing where it comes from"));
}

TEST_F(CopyModelTo, links_nothing_when_there_is_no_room) {
  lab_.keep("ns/model", {some_bytes(1000)});
  disk_->set_capacity(500);
  const auto report = copy();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::no_space);
  EXPECT_EQ(linked(), "");
}

TEST_F(CopyModelTo, tells_what_it_would_copy) {
  lab_.keep("ns/model", {some_bytes(100)});
  const auto report = copy("ns/model", true);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->copied_blobs, 2U);
  EXPECT_EQ(report->copied_bytes, 123U);
  EXPECT_EQ(linked(), "");
}

TEST_F(CopyModelTo, stops_when_told_to) {
  lab_.keep("ns/model", {some_bytes(100)});
  lab_.fake.stop();
  const auto report = copy();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::cancelled);
}

TEST_F(CopyModelTo, leaves_the_name_as_it_was_when_it_fails) {
  lab_.keep("ns/model", {some_bytes(100, 1)});
  ASSERT_TRUE(copy());
  const auto before = linked();
  const auto lost = some_bytes(100, 2);
  lab_.keep("ns/model", {lost});
  ASSERT_TRUE(lab_.store.remove(lab_.fake.context(), digest_of(lost)));
  EXPECT_FALSE(copy());
  EXPECT_EQ(linked(), before);
}

// A store whose staged bytes cannot be read again.
class CopyModelFarAway : public CopyModelTo {
 protected:
  static constexpr std::uint64_t unit = 64'000;
  CopyModelFarAway() : CopyModelTo({5 * unit, unit}) {}
};

TEST_F(CopyModelFarAway, hashes_while_it_writes) {
  const auto weights = some_bytes(40 * unit);
  lab_.keep("ns/model", {weights});
  const auto report = copy();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(there_has(weights));
}

TEST_F(CopyModelFarAway, goes_on_with_the_hash_of_an_earlier_run) {
  const auto weights = some_bytes(40 * unit);
  lab_.keep("ns/model", {weights});
  disk_->leave_staged(descriptor_of(weights), weights.substr(0, 10 * unit));
  const auto report = copy();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(there_has(weights));
  EXPECT_EQ(lab_.board.view()[0].resumed, 10 * unit);
}

}  // namespace
}  // namespace regtool
