#include "auth-ssh-key/key_file.hpp"

#include <regtool/encoding.hpp>

#include "auth-ssh-key/libssh_keys.hpp"
#include "auth-ssh-key/ssh_wire.hpp"
#include "sample_keys.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr std::string_view seed_hex = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";  // RFC 8032

std::string binary_of(std::string_view text) {
  std::string base64;
  for (std::size_t line = text.find('\n') + 1; text[line] != '-'; line = text.find('\n', line) + 1) {
    base64 += text.substr(line, text.find('\n', line) - line);
  }
  return from_base64(base64).value();
}

std::string text_of(std::string_view binary) {
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + to_base64(as_bytes(binary)) +
         "\n-----END OPENSSH PRIVATE KEY-----\n";
}

// Its seed, as far as it has one.
Result<std::string> read(std::string_view text) {
  REGTOOL_TRY_ASSIGN(const auto file, parse_key_file(text));
  REGTOOL_TRY_ASSIGN(const auto seed, seed_of(file));
  return to_hex(as_bytes(seed.view()));
}

TEST(KeyFile, of_ssh_keygen_is_read) {
  const auto file = parse_key_file(sample_keys::plain);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE(file->encrypted);
  EXPECT_EQ(to_base64(as_bytes(file->public_blob)), sample_keys::public_base64);
  EXPECT_EQ(read(sample_keys::plain).value(), seed_hex);
}

TEST(KeyFile, may_have_other_line_ends_and_words_around_it) {
  std::string text = "Comment: mine\r\n";
  for (const char c : sample_keys::plain) text += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(read(text).value(), seed_hex);
}

TEST(KeyFile, shows_its_public_half_when_it_is_encrypted) {
  const auto file = parse_key_file(sample_keys::encrypted);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(file->encrypted);
  EXPECT_EQ(to_base64(as_bytes(file->public_blob)), sample_keys::public_base64);
  EXPECT_FALSE(seed_of(*file));
}

TEST(KeyFile, is_decrypted_with_the_right_passphrase_alone) {
  const auto text = Secret::take(std::string(sample_keys::encrypted));
  const auto decrypted = decrypt_key_file(text, std::string(sample_keys::passphrase));
  ASSERT_TRUE(decrypted) << decrypted.error().message;
  EXPECT_EQ(read(decrypted->view()).value(), seed_hex);
  EXPECT_EQ(decrypt_key_file(text, "wrong").error().code, Errc::unauthenticated);
}

TEST(KeyFile, of_another_type_is_unsupported) {
  EXPECT_EQ(parse_key_file(sample_keys::ecdsa).error().code, Errc::unsupported);
}

TEST(KeyFile, that_is_none_is_corrupt) {
  for (const auto& text : {std::string(), std::string("-----BEGIN RSA PRIVATE KEY-----"), std::string(1000, 'A'),
                           std::string("-----BEGIN OPENSSH PRIVATE KEY-----"), text_of(""), text_of("openssh-key-v1"),
                           std::string("-----BEGIN OPENSSH PRIVATE KEY-----\n!\n-----END OPENSSH PRIVATE KEY-----")}) {
    EXPECT_EQ(parse_key_file(text).error().code, Errc::corrupt) << text;
  }
}

TEST(KeyFile, that_ends_early_anywhere_is_refused) {
  const auto binary = binary_of(sample_keys::plain);
  for (std::size_t size = 0; size < binary.size(); ++size) {
    EXPECT_FALSE(read(text_of(binary.substr(0, size)))) << size;
  }
}

TEST(KeyFile, with_any_bit_wrong_never_gives_another_key) {
  const auto binary = binary_of(sample_keys::plain);
  for (std::size_t at = 0; at < binary.size(); ++at) {
    auto damaged = binary;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
    const auto file = parse_key_file(text_of(damaged));
    if (!file) continue;
    const auto seed = seed_of(*file);
    // The seed itself has no redundancy here: what does not fit its public half is found when OpenSSL derives that.
    EXPECT_TRUE(!seed || to_base64(as_bytes(file->public_blob)) == sample_keys::public_base64) << at;
  }
}

TEST(KeyFile, just_made_is_read) {
  const auto made = generate_key_file();
  ASSERT_TRUE(made) << made.error().message;
  const auto seed = read(made->view());
  ASSERT_TRUE(seed) << seed.error().message;
  EXPECT_NE(*seed, read(generate_key_file()->view()).value());
}

TEST(PublicKeyLine, is_read_and_written) {
  const auto key = parse_public_key(std::string(sample_keys::public_line) + "\r\n");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->comment, "me@here");
  EXPECT_EQ(public_key_line(*key), sample_keys::public_line);
  EXPECT_EQ(public_key_line({key->blob, ""}), "ssh-ed25519 " + std::string(sample_keys::public_base64));
}

TEST(PublicKeyLine, of_another_kind_is_refused) {
  for (const char* line : {"", "ssh-rsa AAAA", "ssh-ed25519", "ssh-ed25519 ????", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"}) {
    EXPECT_FALSE(parse_public_key(line)) << line;
  }
}

}  // namespace
}  // namespace regtool
