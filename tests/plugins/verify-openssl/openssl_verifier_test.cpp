#include "verify-openssl/openssl_verifier.hpp"

#include <regtool/encoding.hpp>

#include "verifier_suite.hpp"

namespace regtool {
namespace {

INSTANTIATE_TEST_SUITE_P(Openssl, VerifierSuite, testing::Values(make_openssl_verifier));

// FIPS 180-2, appendix B.2: what the hash stands at between the two blocks of its second example.
TEST(OpensslVerifier, tells_where_a_hash_stands_between_two_blocks) {
  const auto verifier = make_openssl_verifier().value();
  auto hasher = verifier->resume({}).value();
  EXPECT_EQ(hasher->state(), HashState());
  hasher->update(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
  EXPECT_EQ(hasher->state(), std::nullopt);
  hasher->update(as_bytes(std::string_view("\x80\0\0\0\0\0\0\0", 8)));
  EXPECT_EQ(hasher->state(), (HashState{64, "85e655d6417a17953363376a624cde5c76e09589cac5f811cc4b32c1f20e533a"}));
}

TEST(OpensslVerifier, goes_on_where_another_hash_stood) {
  const auto verifier = make_openssl_verifier().value();
  const std::string text(100'000, 'x');
  auto first = verifier->resume({}).value();
  first->update(as_bytes(text).first(64 * 1000));
  auto second = verifier->resume(first->state().value()).value();
  second->update(as_bytes(text).subspan(64 * 1000));
  EXPECT_EQ(second->finish().value(), digest_of(*verifier, text).value().hex());
}

TEST(OpensslVerifier, goes_on_behind_more_bytes_than_32_bits_can_count) {
  const auto verifier = make_openssl_verifier().value();
  const HashState far{std::uint64_t{1} << 40, std::string(64, 'a')};
  EXPECT_EQ(verifier->resume(far).value()->state(), far);
}

TEST(OpensslVerifier, refuses_what_is_no_state) {
  const auto verifier = make_openssl_verifier().value();
  const std::string value(64, 'a');
  for (const auto& bad : {HashState{64, ""}, HashState{0, value}, HashState{65, value}, HashState{64, value + "a"},
                          HashState{64, std::string(63, 'a') + 'g'}, HashState{64, std::string(63, 'a') + '-'}}) {
    EXPECT_EQ(verifier->resume(bad).error().code, Errc::invalid_argument) << bad.bytes << ' ' << bad.value;
  }
}

TEST(OpensslVerifier, proves_what_went_through_before_and_after_a_resumption) {
  const auto verifier = make_openssl_verifier().value();
  const auto text = std::string(64, 'a') + "bc";
  const Descriptor expected{digest_of(*verifier, text).value(), text.size()};
  auto before = Verification::resume(*verifier, expected, {}).value();
  before.update(as_bytes(text).first(64));
  const auto state = before.state().value();
  const auto end_with = [&](std::string_view bytes, const HashState& from) {
    auto verification = Verification::resume(*verifier, expected, from).value();
    verification.update(as_bytes(bytes));
    return verification.finish();
  };
  EXPECT_EQ(end_with("bc", state).value().what(), expected);
  EXPECT_EQ(end_with("bd", state).error().code, Errc::corrupt);
  EXPECT_EQ(end_with("bc", {128, state.value}).error().code, Errc::corrupt);
  EXPECT_EQ(end_with("bc", {64, std::string(64, 'a')}).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace regtool
