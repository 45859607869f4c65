#include "engine/prefix_verifier.hpp"

#include "digest_of.hpp"
#include "test_verifier.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

// A blob that nobody could hash to the end: every read gives one byte.
class EndlessStaged final : public StagedObject {
 public:
  static constexpr std::uint64_t size = std::uint64_t{1} << 40;

  const StagedFacts& facts() const noexcept override { return facts_; }
  Result<> write_at(std::uint64_t, std::span<const std::byte>) noexcept override { return {}; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) const noexcept override { return 1; }
  Result<> checkpoint(const RangeSet&, const std::optional<HashState>&) noexcept override { return {}; }
  void discard() noexcept override {}

 private:
  StagedFacts facts_;
};

class PrefixVerifierOfEndlessBlob : public testing::Test {
 protected:
  EndlessStaged staged_;
  const std::unique_ptr<Verifier> hashers_ = make_test_verifier();
  PrefixVerifier verifier_{staged_, *Verification::begin(*hashers_, {digest_of("never"), EndlessStaged::size}),
                           EndlessStaged::size};
};

TEST_F(PrefixVerifierOfEndlessBlob, can_be_destroyed_while_the_hash_lags_behind) {
  verifier_.start();
  verifier_.grown(EndlessStaged::size);
  while (verifier_.hashed() == 0) std::this_thread::yield();
}

TEST_F(PrefixVerifierOfEndlessBlob, is_cancelled_by_a_stop_while_it_finishes) {
  verifier_.start();
  std::stop_source stop;
  std::jthread stopper([&] {
    while (verifier_.hashed() == 0) std::this_thread::yield();
    stop.request_stop();
  });

  const auto proof = verifier_.finish(stop.get_token());

  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::cancelled);
}

TEST_F(PrefixVerifierOfEndlessBlob, is_cancelled_by_a_stop_without_a_thread_of_its_own) {
  std::stop_source stop;
  stop.request_stop();

  const auto proof = verifier_.finish(stop.get_token());

  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::cancelled);
}

TEST_F(PrefixVerifierOfEndlessBlob, is_waited_for_up_to_some_byte) {
  verifier_.start();
  verifier_.grown(EndlessStaged::size);
  verifier_.await(1000, {});
  EXPECT_GE(verifier_.hashed(), 1000U);
}

TEST_F(PrefixVerifierOfEndlessBlob, is_waited_for_until_a_stop) {
  verifier_.start();
  verifier_.grown(EndlessStaged::size);
  std::stop_source stop;
  std::jthread stopper([&] {
    while (verifier_.hashed() == 0) std::this_thread::yield();
    stop.request_stop();
  });
  verifier_.await(EndlessStaged::size, stop.get_token());
  EXPECT_LT(verifier_.hashed(), EndlessStaged::size);
}

}  // namespace
}  // namespace regtool
