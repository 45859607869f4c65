// Several stores on one bucket: on one machine, which is one folder for the spool, and on several.

#include "fake_context.hpp"
#include "store-s3/s3_uploads.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace regtool {
namespace {

using testing::HasSubstr;

constexpr auto unit = TestBucket::part_size;
constexpr std::chrono::milliseconds at_once{0};

class S3Sharing : public testing::Test {
 protected:
  std::unique_ptr<Store> store_on(const TempDir& machine,
                                  std::chrono::milliseconds takeover_after = std::chrono::minutes(15)) {
    auto options = TestBucket::options(machine);
    options.takeover_after = takeover_after;
    return make_s3_store(bucket_.client(), options);
  }

  std::string read() {
    const auto store = store_on(one_);
    return bytes_in(ctx(), *store, what_.digest);
  }

  // A run on that machine which ends after `parts` parts.
  void be_cut(const TempDir& machine, std::uint64_t parts) {
    const auto store = store_on(machine);
    const auto cut = bring(ctx(), *store, bytes_, parts * unit);
    ASSERT_TRUE(cut) << cut.error().message;
  }

  std::uint64_t resumed(Store& store) {
    const auto staged = store.stage(ctx(), what_);
    EXPECT_TRUE(staged) << staged.error().message;
    return (*staged)->facts().resumed.prefix() / unit;
  }

  std::vector<S3Upload> uploads() {
    const auto client = bucket_.client();
    return S3Uploads(*client).list(ctx(), keys_.blobs()).value();
  }

  // The keys below our own folder.
  std::vector<std::string> own_keys() {
    const auto client = bucket_.client();
    std::vector<std::string> keys;
    EXPECT_TRUE(S3Objects(*client).list(ctx(), "team/models/.regtool/", "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) keys.push_back(object.key);
      return {};
    }));
    return keys;
  }

  // Writes one unit and reads it back.
  void write(StagedObject& staged, std::uint64_t index) {
    const auto written = staged.write_at(index * unit, as_bytes(bytes_).subspan(index * unit, unit));
    ASSERT_TRUE(written) << written.error().message;
    std::vector<std::byte> buffer(unit);
    ASSERT_EQ(staged.read_at(index * unit, buffer).value(), unit);
  }

  HashState state_after(std::uint64_t parts) {
    auto verification = Verification::resume(*verifier_, what_, {}).value();
    verification.update(as_bytes(bytes_).first(parts * unit));
    return verification.state().value();
  }

  Result<> commit(Store& store, std::unique_ptr<StagedObject> staged) {
    Finished finished[] = {{std::move(staged), prove(*verifier_, bytes_)}};
    return store.commit(ctx(), finished);
  }

  Context ctx() { return fake_.context(); }

  FakeContext fake_;
  TestBucket bucket_;
  const StoreKeys keys_ = bucket_.options().keys;
  const TempDir one_, two_;
  const std::string bytes_ = some_bytes(6 * unit);
  const Descriptor what_ = descriptor_of(bytes_);
  std::unique_ptr<Verifier> verifier_ = make_test_verifier();
};

TEST_F(S3Sharing, leaves_nothing_behind_when_all_went_well) {
  const auto store = store_on(one_);
  ASSERT_TRUE(bring(ctx(), *store, bytes_));
  EXPECT_EQ(read(), bytes_);
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(own_keys().empty());
  EXPECT_TRUE(std::filesystem::is_empty(one_.path()));
}

TEST_F(S3Sharing, leaves_nothing_behind_of_what_was_never_checkpointed) {
  {
    const auto store = store_on(one_);
    const auto staged = store->stage(ctx(), what_).value();
    write(*staged, 0);
    write(*staged, 1);
  }
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(own_keys().empty());
  EXPECT_TRUE(std::filesystem::is_empty(one_.path()));
}

TEST_F(S3Sharing, goes_on_at_once_on_the_machine_where_it_was_begun) {
  be_cut(one_, 3);
  const auto store = store_on(one_);
  EXPECT_EQ(resumed(*store), 3u);
}

TEST_F(S3Sharing, goes_on_on_another_machine_when_nothing_has_moved_for_a_while) {
  be_cut(one_, 3);
  EXPECT_EQ(resumed(*store_on(two_)), 0u);
  EXPECT_EQ(resumed(*store_on(two_, at_once)), 3u);
  const auto store = store_on(two_);
  ASSERT_TRUE(bring(ctx(), *store, bytes_));
  EXPECT_EQ(read(), bytes_);
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(own_keys().empty());
}

TEST_F(S3Sharing, does_not_take_over_what_somebody_on_this_machine_works_on) {
  const auto store = store_on(one_);
  const auto staged = store->stage(ctx(), what_).value();
  write(*staged, 0);
  ASSERT_TRUE(staged->checkpoint({}, state_after(1)));
  EXPECT_EQ(resumed(*store_on(one_, at_once)), 0u);
  EXPECT_EQ(resumed(*store), 0u) << "the same store, too";
}

TEST_F(S3Sharing, survives_that_a_living_upload_is_taken_over) {
  const auto slow = store_on(one_);
  auto first = slow->stage(ctx(), what_).value();
  write(*first, 0);
  write(*first, 1);
  ASSERT_TRUE(first->checkpoint({}, state_after(2)));

  const auto quick = store_on(two_, at_once);
  auto second = quick->stage(ctx(), what_).value();
  EXPECT_EQ(second->facts().resumed.prefix(), 2 * unit);

  // Both go on with one upload.
  write(*first, 2);
  const auto kept = first->checkpoint({}, state_after(3));
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message, HasSubstr("taken over"));
  for (const std::uint64_t part : {2, 3, 4, 5}) write(*second, part);
  ASSERT_TRUE(commit(*quick, std::move(second)));
  EXPECT_EQ(read(), bytes_);
  first.reset();
  EXPECT_EQ(read(), bytes_);
}

TEST_F(S3Sharing, finds_that_the_one_who_took_over_was_done_first) {
  const auto slow = store_on(one_);
  auto first = slow->stage(ctx(), what_).value();
  for (const std::uint64_t part : {0, 1, 2, 3, 4}) write(*first, part);
  ASSERT_TRUE(first->checkpoint({}, state_after(5)));
  write(*first, 5);
  // All parts of the first are there, when the second completes the upload.
  while (S3Uploads(*bucket_.client()).parts(ctx(), uploads().at(0)).value()->size() < 6) std::this_thread::yield();
  const auto quick = store_on(two_, at_once);
  ASSERT_TRUE(bring(ctx(), *quick, bytes_));
  ASSERT_TRUE(commit(*slow, std::move(first)));
  EXPECT_EQ(read(), bytes_);
}

TEST_F(S3Sharing, completes_no_upload_with_another_ones_part) {
  const auto store = store_on(one_);
  auto staged = store->stage(ctx(), what_).value();
  for (const std::uint64_t part : {0, 1, 2, 3, 4, 5}) write(*staged, part);
  ASSERT_TRUE(staged->checkpoint({}, state_after(6)));
  const auto foreign = memory_source(std::string(unit, 'x'));
  ASSERT_TRUE(S3Uploads(*bucket_.client()).put_part(ctx(), uploads().at(0), 2, *foreign));
  const auto committed = commit(*store, std::move(staged));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, Errc::unavailable) << committed.error().message;
  EXPECT_EQ(read(), "(absent)");
  ASSERT_TRUE(bring(ctx(), *store_on(one_), bytes_));
  EXPECT_EQ(read(), bytes_);
}

TEST_F(S3Sharing, resumes_no_part_that_somebody_replaced) {
  be_cut(one_, 3);
  const auto foreign = memory_source(std::string(unit, 'x'));
  ASSERT_TRUE(S3Uploads(*bucket_.client()).put_part(ctx(), uploads().at(0), 2, *foreign));
  const auto store = store_on(one_);
  EXPECT_EQ(resumed(*store), 0u);
  EXPECT_TRUE(uploads().empty());
  ASSERT_TRUE(bring(ctx(), *store, bytes_));
  EXPECT_EQ(read(), bytes_);
}

TEST_F(S3Sharing, begins_anew_when_the_upload_is_gone) {
  be_cut(one_, 3);
  ASSERT_TRUE(S3Uploads(*bucket_.client()).abort(ctx(), uploads().at(0)).value());
  const auto store = store_on(one_);
  EXPECT_EQ(resumed(*store), 0u);
  EXPECT_TRUE(own_keys().empty());
}

TEST_F(S3Sharing, says_when_the_upload_is_taken_away_under_way) {
  const auto store = store_on(one_);
  const auto staged = store->stage(ctx(), what_).value();
  write(*staged, 0);
  ASSERT_TRUE(staged->checkpoint({}, state_after(1)));
  ASSERT_TRUE(S3Uploads(*bucket_.client()).abort(ctx(), uploads().at(0)).value());
  ASSERT_TRUE(staged->write_at(unit, as_bytes(bytes_).subspan(unit, unit)));
  const auto kept = staged->checkpoint({}, state_after(2));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Errc::unavailable);
  EXPECT_THAT(kept.error().message, HasSubstr("try again"));
}

TEST_F(S3Sharing, does_not_say_that_it_published_what_was_taken_away) {
  const auto store = store_on(one_);
  auto staged = store->stage(ctx(), what_).value();
  for (const std::uint64_t part : {0, 1, 2, 3, 4, 5}) write(*staged, part);
  ASSERT_TRUE(staged->checkpoint({}, state_after(6)));
  ASSERT_TRUE(S3Uploads(*bucket_.client()).abort(ctx(), uploads().at(0)).value());
  const auto committed = commit(*store, std::move(staged));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, Errc::unavailable);
  ASSERT_TRUE(bring(ctx(), *store, bytes_));
  EXPECT_EQ(read(), bytes_);
  EXPECT_TRUE(own_keys().empty());
}

TEST_F(S3Sharing, passes_over_records_that_it_cannot_read) {
  be_cut(one_, 3);
  const auto record = own_keys().at(0);
  ASSERT_EQ(bucket_.call("PUT", record, "something else").status, 200);
  const auto store = store_on(one_, at_once);
  EXPECT_EQ(resumed(*store), 0u);
  ASSERT_TRUE(bring(ctx(), *store, bytes_));
  EXPECT_EQ(read(), bytes_);
}

TEST_F(S3Sharing, goes_on_with_parts_of_the_size_that_they_were_begun_with) {
  be_cut(one_, 3);
  auto options = TestBucket::options(one_);
  options.part_size = 2 * unit;
  const auto store = make_s3_store(bucket_.client(), options);
  const auto staged = store->stage(ctx(), what_).value();
  EXPECT_EQ(staged->facts().resumed.prefix(), 3 * unit);
  EXPECT_EQ(staged->facts().hash_states_every, unit);
}

TEST_F(S3Sharing, resumes_more_parts_than_a_page_lists) {
  constexpr std::uint64_t small = 1024;
  constexpr std::uint64_t count = 1100;
  const auto bytes = some_bytes(count * small);
  auto options = TestBucket::options(one_);
  options.part_size = small;
  options.spool_size = 100 * small;
  auto verification = Verification::resume(*verifier_, descriptor_of(bytes), {}).value();
  {
    const auto store = make_s3_store(bucket_.client(), options);
    const auto staged = store->stage(ctx(), descriptor_of(bytes)).value();
    std::vector<std::byte> buffer(small);
    for (std::uint64_t at = 0; at < (count - 50) * small; at += small) {
      ASSERT_TRUE(staged->write_at(at, as_bytes(bytes).subspan(at, small)));
      ASSERT_EQ(staged->read_at(at, buffer).value(), small);
      verification.update(buffer);
    }
    ASSERT_TRUE(staged->checkpoint({}, verification.state()));
  }
  const auto store = make_s3_store(bucket_.client(), options);
  const auto staged = store->stage(ctx(), descriptor_of(bytes)).value();
  EXPECT_EQ(staged->facts().resumed.prefix(), (count - 50) * small);
}

TEST_F(S3Sharing, publishes_one_blob_of_two_writers_at_once) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int round = 0; round < 3; ++round) {
    for (const auto* machine : {&one_, &two_}) {
      writers.emplace_back([&, machine] {
        const auto store = store_on(*machine);
        if (!bring(ctx(), *store, bytes_)) ++failed;
      });
    }
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(read(), bytes_);
  EXPECT_TRUE(uploads().empty());
  EXPECT_TRUE(own_keys().empty());
}

TEST_F(S3Sharing, leaves_one_manifest_of_two_writers_at_once) {
  const auto name = Reference::parse("h.test/n/m:1").value();
  const std::string a(100'000, 'a'), b(200'000, 'b');
  std::vector<std::thread> writers;
  for (const auto* manifest : {&a, &b}) {
    writers.emplace_back([&, manifest] {
      const auto refs = make_s3_refs(bucket_.client(), keys_);
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(refs->link(ctx(), name, *manifest));
        const auto found = refs->resolve(ctx(), name).value().value_or("");
        EXPECT_TRUE(found == a || found == b);
      }
    });
  }
  for (auto& writer : writers) writer.join();
}

}  // namespace
}  // namespace regtool
