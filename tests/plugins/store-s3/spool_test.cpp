// How much waits on the local disk, and who waits for whom.

#include "fake_context.hpp"
#include "store-s3/spool_file.hpp"
#include "store-s3/upload_lock.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t unit = 64'000;

class SpoolTest : public testing::Test {
 protected:
  std::unique_ptr<SpoolFile> file(std::uint64_t blob_size) {
    return SpoolFile::make(spool_, PartPlan::make(blob_size, unit).value()).value();
  }

  std::optional<SpoolFile::Slot> take(SpoolFile& file, bool urgent = false) {
    const std::lock_guard lock(spool_.mutex());
    return file.take(urgent);
  }

  void give_back(SpoolFile& file, SpoolFile::Slot slot) {
    const std::lock_guard lock(spool_.mutex());
    file.give_back(slot);
  }

  std::size_t take_all(SpoolFile& file) {
    std::size_t count = 0;
    while (take(file)) ++count;
    return count;
  }

  TempDir folder_;
  Spool spool_{folder_.path(), 8 * unit};
};

TEST_F(SpoolTest, gives_each_blob_half_of_what_is_not_reserved_and_one_part_at_least) {
  const auto first = file(100 * unit);
  EXPECT_EQ(first->window(), 4 * unit);
  const auto second = file(100 * unit);
  EXPECT_EQ(second->window(), 2 * unit);
  const auto third = file(100 * unit), fourth = file(100 * unit), fifth = file(100 * unit);
  EXPECT_EQ(third->window(), unit);
  EXPECT_EQ(fifth->window(), unit);
}

TEST_F(SpoolTest, gives_a_small_blob_what_it_needs) {
  EXPECT_EQ(file(100)->window(), unit);
  EXPECT_EQ(file(2 * unit - 1)->window(), 2 * unit);
  std::vector<std::unique_ptr<SpoolFile>> many;
  for (int i = 0; i < 100; ++i) many.push_back(file(100));
  EXPECT_EQ(file(100 * unit)->window(), 3 * unit) << "they reserve their own size only";
}

TEST_F(SpoolTest, lends_what_nobody_has_reserved) {
  const auto first = file(100 * unit);
  // Five of its own, one for a window that begins in the middle of a part; and four that are lent.
  EXPECT_EQ(take_all(*first), 9u);
  const auto second = file(100 * unit);
  EXPECT_EQ(take_all(*second), 3u) << "its own";
  EXPECT_TRUE(take(*second, true)) << "what is urgent has room in any case";
  give_back(*first, 7);
  EXPECT_FALSE(take(*second)) << "what was lent before it had reserved its own is over the bound";
}

TEST_F(SpoolTest, takes_back_what_it_lent) {
  const auto first = file(100 * unit);
  ASSERT_EQ(take_all(*first), 9u);
  give_back(*first, 8);
  EXPECT_EQ(take(*first), 8u);
  EXPECT_FALSE(take(*first));
  give_back(*first, 2);
  EXPECT_EQ(take(*first), 2u);
}

TEST_F(SpoolTest, gives_everything_back_with_the_blob) {
  take_all(*file(100 * unit));
  EXPECT_EQ(take_all(*file(100 * unit)), 9u);
}

TEST_F(SpoolTest, keeps_the_bytes_of_each_slot) {
  const auto one = file(100 * unit);
  const auto bytes = some_bytes(unit);
  const auto a = take(*one).value(), b = take(*one).value();
  ASSERT_TRUE(one->write_at(a, 0, as_bytes(bytes)));
  ASSERT_TRUE(one->write_at(b, 10, as_bytes("hello")));
  std::vector<std::byte> out(5);
  ASSERT_EQ(one->read_at(b, 10, out).value(), 5u);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(out.data()), 5), "hello");
  const auto source = one->source(a, unit);
  EXPECT_EQ(source->size(), unit);
  std::string all(unit, '\0');
  ASSERT_EQ(source->read_at(0, std::as_writable_bytes(std::span(all))).value(), unit);
  EXPECT_EQ(all, bytes);
  EXPECT_EQ(source->read_at(unit, out).value(), 0u);
}

TEST_F(SpoolTest, leaves_no_name_on_the_disk) {
  const auto one = file(100 * unit);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(SpoolTest, says_where_it_cannot_write) {
  Spool nowhere("/nowhere/at/all", unit);
  const auto made = SpoolFile::make(nowhere, PartPlan::make(10, unit).value());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::invalid_argument);
  EXPECT_THAT(made.error().message, testing::HasSubstr("store.spool"));
}

TEST(UploadLocksTest, tell_who_works_on_an_upload) {
  using Holder = UploadLocks::Holder;
  const TempDir folder;
  const UploadLocks locks(folder.path(), "abc"), others(folder.path(), "def");
  EXPECT_EQ(locks.take("0123").holder, Holder::unknown);
  {
    const auto lock = locks.create("0123").value();
    EXPECT_EQ(locks.take("0123").holder, Holder::somebody);
    EXPECT_EQ(locks.create("0123").error().code, Errc::already_exists);
  }
  EXPECT_EQ(locks.names(), std::vector<std::string>{"0123"});
  EXPECT_TRUE(others.names().empty());
  EXPECT_EQ(others.take("0123").holder, Holder::unknown);
  auto found = locks.take("0123");
  EXPECT_EQ(found.holder, Holder::nobody);
  EXPECT_EQ(locks.take("0123").holder, Holder::somebody) << "it is ours now";
  found.lock->remove();
  EXPECT_TRUE(locks.names().empty());
}

// What a blob does whose bytes nobody reads back.
class S3WaitingTest : public testing::Test {
 protected:
  S3WaitingTest() : store_(make_s3_store(bucket_.client(), bucket_.options())) {}

  RealContext real_;
  TestBucket bucket_;
  const std::string bytes_ = some_bytes(20 * unit);
  std::unique_ptr<Store> store_;
};

TEST_F(S3WaitingTest, holds_up_who_writes_too_far_ahead_until_the_hash_comes_after) {
  const auto staged = store_->stage(real_.context(), descriptor_of(bytes_)).value();
  EXPECT_EQ(staged->facts().window, 5 * unit);
  std::atomic<std::uint64_t> written = 0;
  auto writer = std::async(std::launch::async, [&] {
    for (std::uint64_t at = 0; at < bytes_.size(); at += unit) {
      EXPECT_TRUE(staged->write_at(at, as_bytes(bytes_).subspan(at, unit)));
      written = at + unit;
    }
  });
  // Six slots of its own, and five that are lent.
  while (written < 11 * unit) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(writer.wait_for(100ms), std::future_status::timeout);
  EXPECT_EQ(written, 11 * unit);
  std::vector<std::byte> buffer(unit);
  for (std::uint64_t at = 0; at < bytes_.size(); at += unit) {
    while (written < at + unit) std::this_thread::sleep_for(1ms);
    ASSERT_EQ(staged->read_at(at, buffer).value(), unit);
    EXPECT_TRUE(std::ranges::equal(buffer, as_bytes(bytes_).subspan(at, unit)));
  }
  writer.get();
  EXPECT_EQ(staged->read_at(0, buffer).error().code, Errc::unsupported) << "it was uploaded and hashed";
}

TEST_F(S3WaitingTest, ends_waiting_with_the_stop) {
  const auto staged = store_->stage(real_.context(), descriptor_of(bytes_)).value();
  auto writer = std::async(std::launch::async, [&] { return staged->write_at(0, as_bytes(bytes_)); });
  EXPECT_EQ(writer.wait_for(200ms), std::future_status::timeout);
  real_.stop();
  ASSERT_EQ(writer.wait_for(1s), std::future_status::ready);
  EXPECT_EQ(writer.get().error().code, Errc::cancelled);
}

TEST_F(S3WaitingTest, refuses_a_second_write_to_what_is_uploaded) {
  const auto staged = store_->stage(real_.context(), descriptor_of(bytes_)).value();
  ASSERT_TRUE(staged->write_at(0, as_bytes(bytes_).first(unit)));
  EXPECT_EQ(staged->write_at(0, as_bytes(bytes_).first(10)).error().code, Errc::invalid_argument);
}

TEST_F(S3WaitingTest, never_lets_blobs_wait_for_each_other) {
  // Eight blobs of ten parts, in a spool that one of them could fill.
  std::vector<std::thread> writers;
  for (unsigned i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      const auto brought = bring(real_.context(), *store_, some_bytes(10 * unit, i));
      EXPECT_TRUE(brought) << brought.error().message;
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(store_->list(real_.context()).value().size(), 8u);
}

}  // namespace
}  // namespace regtool
