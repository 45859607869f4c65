#include "store_suite.hpp"

#include "engine/prefix_verifier.hpp"
#include "test_verifier.hpp"
#include "verified_bytes.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <mutex>
#include <thread>

namespace regtool {

StoreSuite::StoreSuite() : verifier_(make_test_verifier()), under_test_(GetParam().make()) {}
StoreSuite::~StoreSuite() = default;

Verified StoreSuite::prove(std::string_view bytes) { return regtool::prove(*verifier_, bytes); }

Verification StoreSuite::begin(const StagedObject& staged, std::string_view bytes) {
  const auto what = descriptor_of(bytes);
  if (staged.facts().rereadable()) return Verification::begin(*verifier_, what).value();
  return Verification::resume(*verifier_, what, staged.facts().hashed.value_or(HashState())).value();
}

std::unique_ptr<StagedObject> StoreSuite::stage(std::string_view bytes) {
  auto staged = store().stage(ctx(), descriptor_of(bytes));
  EXPECT_TRUE(staged) << staged.error().message;
  return std::move(staged).value();
}

void StoreSuite::publish(std::string_view bytes) {
  auto staged = stage(bytes);
  const auto hashed = staged->facts().hashed.value_or(HashState());
  PrefixVerifier verifier(*staged, begin(*staged, bytes), bytes.size());
  verifier.start();
  for (std::size_t at = hashed.bytes; at < bytes.size(); at += traits().unit) {
    const auto piece = bytes.substr(at, traits().unit);
    while (at + piece.size() - verifier.hashed() > staged->facts().window) std::this_thread::yield();
    const auto written = staged->write_at(at, as_bytes(piece));
    ASSERT_TRUE(written) << written.error().message;
    verifier.grown(at + piece.size());
  }
  auto proof = verifier.finish({});
  ASSERT_TRUE(proof) << proof.error().message;
  Finished finished[] = {{std::move(staged), std::move(*proof)}};
  const auto committed = store().commit(ctx(), finished);
  ASSERT_TRUE(committed) << committed.error().message;
}

namespace {

std::string contents(const Source& source) {
  std::string bytes(source.size(), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count = source.read_at(at, std::as_writable_bytes(std::span(bytes).subspan(at)));
    if (!count || *count == 0) return "(unreadable at " + std::to_string(at) + ")";
    at += *count;
  }
  return bytes;
}

std::string read_back(const StagedObject& staged, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const auto count = staged.read_at(offset + at, std::as_writable_bytes(std::span(bytes).subspan(at)));
    if (!count || *count == 0) return "(unreadable at " + std::to_string(at) + ")";
    at += *count;
  }
  return bytes;
}

// Hashes the units that are there without a gap, as they are read back.
void hash_prefix(Verification& verification, const StagedObject& staged, std::uint64_t prefix, std::size_t unit) {
  while (verification.seen() + unit <= prefix) {
    verification.update(as_bytes(read_back(staged, verification.seen(), unit)));
  }
}

}  // namespace

std::string StoreSuite::ten_units() const { return some_bytes(10 * traits().unit); }

RangeSet StoreSuite::units(std::initializer_list<Range> list) const {
  RangeSet set;
  for (const auto& range : list) set.add({range.first * traits().unit, range.length * traits().unit});
  return set;
}

void StoreSuite::write_and_checkpoint(StagedObject& staged, std::string_view bytes, const RangeSet& fresh) {
  const auto unit = traits().unit;
  auto done = staged.facts().resumed;
  auto verification = begin(staged, bytes);
  for (const auto& range : fresh.ranges()) {
    for (auto at = range.first; at < range.end(); at += unit) {
      const auto written = staged.write_at(at, as_bytes(bytes).subspan(at, unit));
      ASSERT_TRUE(written) << written.error().message;
      done.add({at, unit});
      if (!staged.facts().rereadable()) hash_prefix(verification, staged, done.prefix(), unit);
    }
  }
  const auto kept = staged.checkpoint(done, staged.facts().rereadable() ? std::nullopt : verification.state());
  ASSERT_TRUE(kept) << kept.error().message;
}

std::string StoreSuite::read(const Digest& digest) {
  const auto blob = store().open(ctx(), digest);
  EXPECT_TRUE(blob) << blob.error().message;
  return *blob ? contents(**blob) : "(absent)";
}

TEST_P(StoreSuite, is_empty_at_first) {
  EXPECT_EQ(read(descriptor_of("x").digest), "(absent)");
  EXPECT_TRUE(store().list(ctx()).value().empty());
  EXPECT_FALSE(store().remove(ctx(), descriptor_of("x").digest).value());
}

TEST_P(StoreSuite, publishes_what_was_written_out_of_order) {
  const auto bytes = some_bytes(300'000);
  auto staged = stage(bytes);
  const auto data = as_bytes(bytes);
  ASSERT_TRUE(staged->write_at(200'000, data.subspan(200'000)));
  ASSERT_TRUE(staged->write_at(0, data.first(100'000)));
  ASSERT_TRUE(staged->write_at(100'000, data.subspan(100'000, 100'000)));
  Finished finished[] = {{std::move(staged), prove(bytes)}};
  ASSERT_TRUE(store().commit(ctx(), finished));
  EXPECT_EQ(read(descriptor_of(bytes).digest), bytes);
}

TEST_P(StoreSuite, takes_concurrent_writes_and_gives_them_back_meanwhile) {
  const auto bytes = ten_units();
  const auto piece = traits().unit / 16;
  auto staged = stage(bytes);
  PrefixVerifier verifier(*staged, begin(*staged, bytes), bytes.size());
  verifier.start();
  std::mutex mutex;
  RangeSet done;
  std::atomic<std::size_t> next = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (auto at = next.fetch_add(piece); at < bytes.size(); at = next.fetch_add(piece)) {
        while (at + piece - std::min<std::uint64_t>(verifier.hashed(), at) > staged->facts().window) {
          std::this_thread::yield();
        }
        if (!staged->write_at(at, as_bytes(bytes).subspan(at, piece))) ++wrong;
        const std::lock_guard lock(mutex);
        done.add({at, piece});
        verifier.grown(done.prefix());
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(wrong, 0);
  auto proof = verifier.finish({});
  ASSERT_TRUE(proof) << proof.error().message;
  Finished finished[] = {{std::move(staged), std::move(*proof)}};
  ASSERT_TRUE(store().commit(ctx(), finished));
  EXPECT_TRUE(read(descriptor_of(bytes).digest) == bytes);
}

TEST_P(StoreSuite, takes_more_than_it_keeps_at_hand_as_long_as_somebody_hashes) {
  const auto bytes = ten_units();
  publish(bytes);
  EXPECT_TRUE(read(descriptor_of(bytes).digest) == bytes);
}

TEST_P(StoreSuite, shows_nothing_before_the_commit) {
  const auto bytes = ten_units();
  auto staged = stage(bytes);
  write_and_checkpoint(*staged, bytes, units({{0, 2}}));
  EXPECT_EQ(read(descriptor_of(bytes).digest), "(absent)");
  EXPECT_TRUE(store().list(ctx()).value().empty());
  staged.reset();
  EXPECT_EQ(read(descriptor_of(bytes).digest), "(absent)");
}

TEST_P(StoreSuite, publishes_an_empty_blob) {
  publish("");
  EXPECT_EQ(read(descriptor_of("").digest), "");
}

TEST_P(StoreSuite, refuses_a_write_past_the_end) {
  auto staged = stage("12345");
  for (const std::uint64_t offset : {std::uint64_t{3}, std::uint64_t{5}, ~std::uint64_t{0}, ~std::uint64_t{0} - 2}) {
    const auto written = staged->write_at(offset, as_bytes("abc"));
    ASSERT_FALSE(written) << offset;
    EXPECT_EQ(written.error().code, Errc::invalid_argument);
  }
}

TEST_P(StoreSuite, reads_nothing_at_or_past_the_end) {
  publish("12345");
  const auto blob = store().open(ctx(), descriptor_of("12345").digest).value();
  std::array<std::byte, 4> out;
  EXPECT_EQ(blob->read_at(4, out).value(), 1u);
  EXPECT_EQ(blob->read_at(5, out).value(), 0u);
  EXPECT_EQ(blob->read_at(~std::uint64_t{0}, out).value(), 0u);
}

TEST_P(StoreSuite, refuses_the_proof_of_another_blob) {
  for (const std::string other : {"other bytes", "12346"}) {
    auto staged = stage("12345");
    ASSERT_TRUE(staged->write_at(0, as_bytes("12345")));
    Finished finished[] = {{std::move(staged), prove(other)}};
    const auto committed = store().commit(ctx(), finished);
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, Errc::invalid_argument);
    EXPECT_EQ(read(descriptor_of("12345").digest), "(absent)");
    EXPECT_EQ(read(descriptor_of(other).digest), "(absent)");
  }
}

TEST_P(StoreSuite, refuses_the_whole_batch_when_one_proof_is_wrong) {
  auto first = stage("first");
  auto second = stage("second");
  ASSERT_TRUE(first->write_at(0, as_bytes("first")));
  ASSERT_TRUE(second->write_at(0, as_bytes("second")));
  Finished finished[] = {{std::move(first), prove("first")}, {std::move(second), prove("first")}};
  EXPECT_EQ(store().commit(ctx(), finished).error().code, Errc::invalid_argument);
  EXPECT_TRUE(store().list(ctx()).value().empty());
}

TEST_P(StoreSuite, refuses_what_another_store_staged) {
  const auto other = GetParam().make();
  auto staged = other->store().stage(ctx(), descriptor_of("12345")).value();
  ASSERT_TRUE(staged->write_at(0, as_bytes("12345")));
  Finished finished[] = {{std::move(staged), prove("12345")}};
  EXPECT_EQ(store().commit(ctx(), finished).error().code, Errc::invalid_argument);
}

TEST_P(StoreSuite, refuses_a_commit_after_the_stop) {
  auto staged = stage("12345");
  ASSERT_TRUE(staged->write_at(0, as_bytes("12345")));
  Finished finished[] = {{std::move(staged), prove("12345")}};
  fake_.stop();
  EXPECT_EQ(store().commit(ctx(), finished).error().code, Errc::cancelled);
}

TEST_P(StoreSuite, keeps_two_stagers_of_one_blob_apart) {
  const std::string bytes = "the right bytes";
  auto right = stage(bytes);
  auto wrong = stage(bytes);
  ASSERT_TRUE(right->write_at(0, as_bytes(bytes)));
  ASSERT_TRUE(wrong->write_at(0, as_bytes("the wrong bytes")));
  EXPECT_EQ(read_back(*right, 0, bytes.size()), bytes);
  Finished finished[] = {{std::move(right), prove(bytes)}};
  ASSERT_TRUE(store().commit(ctx(), finished));
  ASSERT_TRUE(wrong->write_at(0, as_bytes("THE WRONG BYTES")));
  EXPECT_EQ(read(descriptor_of(bytes).digest), bytes);
}

TEST_P(StoreSuite, publishes_when_both_stagers_finish) {
  const std::string bytes = "fetched twice";
  auto first = stage(bytes);
  auto second = stage(bytes);
  ASSERT_TRUE(first->write_at(0, as_bytes(bytes)));
  ASSERT_TRUE(second->write_at(0, as_bytes(bytes)));
  for (auto* staged : {&first, &second}) {
    Finished finished[] = {{std::move(*staged), prove(bytes)}};
    ASSERT_TRUE(store().commit(ctx(), finished));
    EXPECT_EQ(read(descriptor_of(bytes).digest), bytes);
  }
}

TEST_P(StoreSuite, resumes_what_was_checkpointed) {
  const auto bytes = ten_units();
  {
    auto staged = stage(bytes);
    EXPECT_TRUE(staged->facts().resumed.empty());
    EXPECT_FALSE(staged->facts().hashed);
    write_and_checkpoint(*staged, bytes, units({{0, 1}}));
  }
  under_test_->reopen();
  auto staged = stage(bytes);
  EXPECT_EQ(staged->facts().resumed, units({{0, 1}}));
  if (staged->facts().rereadable()) {
    EXPECT_EQ(read_back(*staged, 0, traits().unit), bytes.substr(0, traits().unit));
  } else {
    EXPECT_EQ(staged->facts().hashed.value_or(HashState()).bytes, traits().unit);
  }
}

TEST_P(StoreSuite, resumes_what_lies_behind_a_gap_as_far_as_it_can_be_read_back) {
  const auto bytes = ten_units();
  {
    auto staged = stage(bytes);
    write_and_checkpoint(*staged, bytes, units({{0, 1}, {2, 1}}));
  }
  under_test_->reopen();
  auto staged = stage(bytes);
  const bool all = staged->facts().rereadable();
  EXPECT_EQ(staged->facts().resumed, all ? units({{0, 1}, {2, 1}}) : units({{0, 1}}));
}

TEST_P(StoreSuite, forgets_what_was_written_behind_the_latest_checkpoint) {
  const auto bytes = ten_units();
  {
    auto staged = stage(bytes);
    write_and_checkpoint(*staged, bytes, units({{0, 2}}));
    ASSERT_TRUE(staged->write_at(2 * traits().unit, as_bytes(bytes).subspan(2 * traits().unit, 100)));
  }
  under_test_->reopen();
  EXPECT_EQ(stage(bytes)->facts().resumed, units({{0, 2}}));
}

TEST_P(StoreSuite, resumes_again_and_again) {
  const auto bytes = ten_units();
  for (std::uint64_t done = 0; done < 10; ++done) {
    auto staged = stage(bytes);
    EXPECT_EQ(staged->facts().resumed, done == 0 ? RangeSet() : units({{0, done}}));
    write_and_checkpoint(*staged, bytes, units({{done, 1}}));
    staged.reset();
    under_test_->reopen();
  }
  Finished finished[] = {{stage(bytes), prove(bytes)}};
  ASSERT_TRUE(store().commit(ctx(), finished));
  EXPECT_TRUE(read(descriptor_of(bytes).digest) == bytes);
}

TEST_P(StoreSuite, does_not_resume_with_another_size) {
  const auto bytes = ten_units();
  const auto what = descriptor_of(bytes);
  {
    auto staged = store().stage(ctx(), {what.digest, what.size + 1}).value();
    write_and_checkpoint(*staged, bytes, units({{0, 1}}));
  }
  under_test_->reopen();
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
  publish(bytes);
  EXPECT_TRUE(read(what.digest) == bytes);
}

TEST_P(StoreSuite, forgets_what_was_discarded) {
  const auto bytes = ten_units();
  auto staged = stage(bytes);
  write_and_checkpoint(*staged, bytes, units({{0, 2}}));
  staged->discard();
  staged.reset();
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
  under_test_->reopen();
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
}

TEST_P(StoreSuite, forgets_what_was_staged_once_it_is_published) {
  const auto bytes = ten_units();
  {
    auto staged = stage(bytes);
    write_and_checkpoint(*staged, bytes, units({{0, 10}}));
    Finished finished[] = {{std::move(staged), prove(bytes)}};
    ASSERT_TRUE(store().commit(ctx(), finished));
  }
  EXPECT_TRUE(stage(bytes)->facts().resumed.empty());
}

TEST_P(StoreSuite, keeps_what_was_published_for_the_next_process) {
  publish("kept");
  under_test_->reopen();
  EXPECT_EQ(read(descriptor_of("kept").digest), "kept");
}

TEST_P(StoreSuite, replaces_a_damaged_blob) {
  const auto what = descriptor_of("good bytes");
  publish("good bytes");
  under_test_->damage(what.digest);
  ASSERT_NE(read(what.digest), "good bytes");
  publish("good bytes");
  EXPECT_EQ(read(what.digest), "good bytes");
}

TEST_P(StoreSuite, does_not_take_a_blob_for_another_whose_digest_differs_a_little) {
  publish("12345");
  auto text = descriptor_of("12345").digest.text();
  for (const auto at : {std::string("sha256:").size(), text.size() - 1}) {
    auto other = text;
    other[at] = other[at] == '0' ? '1' : '0';
    EXPECT_EQ(read(Digest::parse(other).value()), "(absent)");
    EXPECT_FALSE(store().remove(ctx(), Digest::parse(other).value()).value());
  }
  EXPECT_EQ(read(descriptor_of("12345").digest), "12345");
}

TEST_P(StoreSuite, finds_a_blob_whatever_case_its_digest_was_written_in) {
  publish("12345");
  std::string text = descriptor_of("12345").digest.text();
  std::transform(text.begin() + 7, text.end(), text.begin() + 7, [](unsigned char c) { return std::toupper(c); });
  EXPECT_EQ(read(Digest::parse(text).value()), "12345");
}

TEST_P(StoreSuite, gets_no_proof_for_bytes_that_have_another_digest) {
  const std::string bytes = "the right bytes", wrong = "the wrong bytes";
  auto staged = stage(bytes);
  ASSERT_TRUE(staged->write_at(0, as_bytes(wrong)));
  PrefixVerifier verifier(*staged, begin(*staged, bytes), bytes.size());
  verifier.start();
  verifier.grown(bytes.size());
  const auto proof = verifier.finish({});
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::corrupt);
  EXPECT_EQ(read(descriptor_of(bytes).digest), "(absent)");
  EXPECT_EQ(read(descriptor_of(wrong).digest), "(absent)");
}

TEST_P(StoreSuite, does_not_have_what_was_removed) {
  publish("removed");
  const auto digest = descriptor_of("removed").digest;
  EXPECT_TRUE(store().remove(ctx(), digest).value());
  EXPECT_EQ(read(digest), "(absent)");
  EXPECT_TRUE(store().list(ctx()).value().empty());
  EXPECT_FALSE(store().remove(ctx(), digest).value());
}

TEST_P(StoreSuite, lets_a_reader_finish_after_the_removal_or_tells_it) {
  publish("removed");
  const auto digest = descriptor_of("removed").digest;
  const auto blob = store().open(ctx(), digest).value();
  ASSERT_TRUE(store().remove(ctx(), digest));
  std::array<std::byte, 7> out;
  const auto count = blob->read_at(0, out);
  EXPECT_EQ(count ? std::nullopt : std::optional(count.error().code),
            traits().readers_outlive_removal ? std::nullopt : std::optional(Errc::not_found));
  if (count) {
    EXPECT_EQ(contents(*blob), "removed");
  }
}

TEST_P(StoreSuite, lists_in_the_order_of_digests) {
  std::vector<BlobInfo> expected;
  for (const std::string bytes : {"a", "bb", "ccc", "dddd"}) {
    publish(bytes);
    expected.push_back({descriptor_of(bytes).digest, bytes.size(), {}});
  }
  std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.digest < b.digest; });
  const auto listed = store().list(ctx()).value();
  ASSERT_EQ(listed.size(), expected.size());
  for (std::size_t i = 0; i < listed.size(); ++i) {
    EXPECT_EQ(listed[i].digest, expected[i].digest);
    EXPECT_EQ(listed[i].size, expected[i].size);
    EXPECT_GT(listed[i].modified, std::chrono::system_clock::now() - std::chrono::hours(1));
    EXPECT_LT(listed[i].modified, std::chrono::system_clock::now() + std::chrono::hours(1));
  }
}

TEST_P(StoreSuite, commits_thousands_of_small_blobs_at_once) {
  constexpr int count = 2000;
  std::vector<Finished> batch;
  for (int i = 0; i < count; ++i) {
    const auto bytes = "tensor " + std::to_string(i);
    auto staged = stage(bytes);
    ASSERT_TRUE(staged->write_at(0, as_bytes(bytes)));
    batch.push_back({std::move(staged), prove(bytes)});
  }
  ASSERT_TRUE(store().commit(ctx(), batch));
  EXPECT_EQ(store().list(ctx()).value().size(), static_cast<std::size_t>(count));
  under_test_->reopen();
  for (int i = 0; i < count; i += 99) {
    const auto bytes = "tensor " + std::to_string(i);
    EXPECT_EQ(read(descriptor_of(bytes).digest), bytes);
    EXPECT_TRUE(store().open(ctx(), descriptor_of(bytes).digest).value()->trusted()) << i;
  }
}

TEST_P(StoreSuite, commits_an_empty_batch) { EXPECT_TRUE(store().commit(ctx(), {})); }

TEST_P(StoreSuite, trusts_what_it_published_in_the_next_process_too) {
  publish("trusted");
  EXPECT_TRUE(store().open(ctx(), descriptor_of("trusted").digest).value()->trusted());
  under_test_->reopen();
  EXPECT_TRUE(store().open(ctx(), descriptor_of("trusted").digest).value()->trusted());
}

TEST_P(StoreSuite, does_not_trust_what_somebody_touched) {
  publish("trusted");
  under_test_->damage(descriptor_of("trusted").digest);
  EXPECT_FALSE(store().open(ctx(), descriptor_of("trusted").digest).value()->trusted());
  under_test_->reopen();
  EXPECT_FALSE(store().open(ctx(), descriptor_of("trusted").digest).value()->trusted());
}

TEST_P(StoreSuite, trusts_again_once_it_was_hashed) {
  const auto digest = descriptor_of("trusted").digest;
  publish("trusted");
  under_test_->damage(digest);
  under_test_->damage(digest);  // the same byte: good again, but nobody knows
  const auto blob = store().open(ctx(), digest).value();
  ASSERT_FALSE(blob->trusted());
  ASSERT_EQ(contents(*blob), "trusted");
  blob->trust(prove("trusted"));
  EXPECT_TRUE(blob->trusted());
  under_test_->reopen();
  EXPECT_TRUE(store().open(ctx(), digest).value()->trusted());
}

TEST_P(StoreSuite, does_not_trust_for_the_proof_of_another_blob) {
  const auto digest = descriptor_of("trusted").digest;
  publish("trusted");
  under_test_->damage(digest);
  const auto blob = store().open(ctx(), digest).value();
  blob->trust(prove("another"));
  EXPECT_FALSE(blob->trusted());
}

TEST_P(StoreSuite, does_not_trust_what_was_touched_after_it_was_opened) {
  const auto digest = descriptor_of("trusted").digest;
  publish("trusted");
  const auto blob = store().open(ctx(), digest).value();
  under_test_->damage(digest);
  blob->trust(prove("trusted"));
  EXPECT_FALSE(store().open(ctx(), digest).value()->trusted());
}

TEST_P(StoreSuite, gives_the_bytes_as_a_region_of_a_file_where_it_has_one) {
  publish("region");
  const auto region = store().open(ctx(), descriptor_of("region").digest).value()->file();
  ASSERT_EQ(region.has_value(), traits().gives_file_regions);
  EXPECT_EQ(region.value_or(FileRegion{-1, {0, 6}}).range, (Range{0, 6}));
}

TEST_P(StoreSuite, serves_many_threads_at_once) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (unsigned n = 0; n < 20; ++n) {
        const auto bytes = some_bytes(1000, n);
        auto staged = store().stage(ctx(), descriptor_of(bytes));
        if (!staged || !(*staged)->write_at(0, as_bytes(bytes))) {
          ++wrong;
          continue;
        }
        Finished finished[] = {{std::move(*staged), prove(bytes)}};
        if (!store().commit(ctx(), finished)) ++wrong;
        if (read(descriptor_of(bytes).digest) != bytes) ++wrong;
        if (i == 0 && !store().list(ctx())) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(store().list(ctx()).value().size(), 20u);
}

}  // namespace regtool
