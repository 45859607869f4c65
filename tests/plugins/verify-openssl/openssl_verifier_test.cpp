#include "verify-openssl/openssl_verifier.hpp"

#include <regtool/encoding.hpp>

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace regtool {
namespace {

// The published test vectors of FIPS 180-2 and RFC 1321.
struct Vector {
  const char* algorithm;
  const char* text;
  const char* hash;
};

class KnownHash : public testing::TestWithParam<Vector> {};

TEST_P(KnownHash, is_computed) {
  const auto verifier = make_openssl_verifier();
  ASSERT_TRUE(verifier) << verifier.error().message;
  auto hasher = (*verifier)->begin(GetParam().algorithm);
  ASSERT_TRUE(hasher) << hasher.error().message;
  (*hasher)->update(as_bytes(GetParam().text));
  EXPECT_EQ((*hasher)->finish().value(), GetParam().hash);
}

constexpr Vector vectors[] = {
    {"sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"md5", "", "d41d8cd98f00b204e9800998ecf8427e"},
    {"md5", "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
};
INSTANTIATE_TEST_SUITE_P(Vectors, KnownHash, testing::ValuesIn(vectors));

TEST(OpensslVerifier, hashes_the_same_in_one_piece_or_in_many) {
  const auto verifier = make_openssl_verifier().value();
  const std::string text(100'000, 'x');
  const auto whole = digest_of(*verifier, text).value();
  auto hasher = verifier->begin("sha256").value();
  for (std::size_t at = 0; at < text.size(); at += 999)
    hasher->update(as_bytes(text).subspan(at).first(std::min<std::size_t>(999, text.size() - at)));
  EXPECT_EQ(hasher->finish().value(), whole.hex());
}

TEST(OpensslVerifier, starts_afresh_after_finish) {
  const auto verifier = make_openssl_verifier().value();
  auto hasher = verifier->begin("sha256").value();
  hasher->update(as_bytes("something else"));
  ASSERT_TRUE(hasher->finish());
  hasher->update(as_bytes("abc"));
  EXPECT_EQ(hasher->finish().value(), digest_of(*verifier, "abc").value().hex());
}

TEST(OpensslVerifier, refuses_an_algorithm_it_does_not_know) {
  for (const char* name : {"sha1", "SHA256", "sha-256", "", "sha512"}) {
    const auto hasher = make_openssl_verifier().value()->begin(name);
    ASSERT_FALSE(hasher) << name;
    EXPECT_EQ(hasher.error().code, Errc::unsupported);
  }
}

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

TEST(OpensslVerifier, gives_hashers_to_many_threads_at_once) {
  const auto verifier = make_openssl_verifier().value();
  const auto expected = digest_of(*verifier, "abc").value();
  std::vector<std::thread> threads;
  std::vector<int> good(8);
  for (auto& mine : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) mine += digest_of(*verifier, "abc").value() == expected;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(8, 200));
}

TEST(OpensslVerifier, proves_exactly_the_bytes_that_were_expected) {
  const auto verifier = make_openssl_verifier().value();
  const Descriptor expected{digest_of(*verifier, "abc").value(), 3};
  const auto verify = [&](const Descriptor& what, std::string_view bytes) {
    auto verification = Verification::begin(*verifier, what).value();
    verification.update(as_bytes(bytes));
    return verification.finish();
  };
  EXPECT_EQ(verify(expected, "abc").value().what(), expected);
  EXPECT_EQ(verify(expected, "abd").error().code, Errc::corrupt);
  EXPECT_EQ(verify(expected, "abcd").error().code, Errc::corrupt);
  EXPECT_EQ(verify({expected.digest, 4}, "abc").error().code, Errc::corrupt);
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
