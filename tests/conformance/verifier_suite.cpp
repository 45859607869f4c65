#include "verifier_suite.hpp"

#include <regtool/encoding.hpp>

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

constexpr Vector vectors[] = {
    {"sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"md5", "", "d41d8cd98f00b204e9800998ecf8427e"},
    {"md5", "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
};
}  // namespace

TEST_P(VerifierSuite, computes_the_hashes_of_the_standards) {
  for (const auto& [algorithm, text, hash] : vectors) {
    auto hasher = verifier_->begin(algorithm).value();
    hasher->update(as_bytes(text));
    EXPECT_EQ(hasher->finish().value(), hash) << algorithm << " of \"" << text << '"';
  }
}

TEST_P(VerifierSuite, hashes_the_same_in_one_piece_or_in_many) {
  const std::string text(100'000, 'x');
  const auto whole = digest_of(*verifier_, text).value();
  auto hasher = verifier_->begin("sha256").value();
  for (std::size_t at = 0; at < text.size(); at += 999)
    hasher->update(as_bytes(text).subspan(at).first(std::min<std::size_t>(999, text.size() - at)));
  EXPECT_EQ(hasher->finish().value(), whole.hex());
}

TEST_P(VerifierSuite, starts_afresh_after_finish) {
  auto hasher = verifier_->begin("sha256").value();
  hasher->update(as_bytes("something else"));
  ASSERT_TRUE(hasher->finish());
  hasher->update(as_bytes("abc"));
  EXPECT_EQ(hasher->finish().value(), digest_of(*verifier_, "abc").value().hex());
}

TEST_P(VerifierSuite, refuses_an_algorithm_it_does_not_know) {
  for (const char* name : {"sha1", "SHA256", "sha-256", "", "sha512"}) {
    const auto hasher = verifier_->begin(name);
    ASSERT_FALSE(hasher) << name;
    EXPECT_EQ(hasher.error().code, Errc::unsupported);
  }
}

TEST_P(VerifierSuite, gives_hashers_to_many_threads_at_once) {
  const auto expected = digest_of(*verifier_, "abc").value();
  std::vector<std::thread> threads;
  std::vector<int> good(8);
  for (auto& mine : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) mine += digest_of(*verifier_, "abc").value() == expected;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(8, 200));
}

TEST_P(VerifierSuite, proves_exactly_the_bytes_that_were_expected) {
  const Descriptor expected{digest_of(*verifier_, "abc").value(), 3};
  const auto verify = [&](const Descriptor& what, std::string_view bytes) {
    auto verification = Verification::begin(*verifier_, what).value();
    verification.update(as_bytes(bytes));
    return verification.finish();
  };
  EXPECT_EQ(verify(expected, "abc").value().what(), expected);
  EXPECT_EQ(verify(expected, "abd").error().code, Errc::corrupt);
  EXPECT_EQ(verify(expected, "abcd").error().code, Errc::corrupt);
  EXPECT_EQ(verify({expected.digest, 4}, "abc").error().code, Errc::corrupt);
}

}  // namespace regtool
