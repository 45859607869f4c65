#include "key_file.hpp"

#include <regtool/encoding.hpp>

#include "ssh_wire.hpp"

#include <algorithm>
#include <cstring>

namespace regtool {
namespace {

constexpr std::string_view head = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view tail = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view magic("openssh-key-v1\0", 15);

tl::unexpected<Error> no_key() { return fail(Errc::corrupt, "not an OpenSSH private key"); }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Secret without_space(std::string_view text) {
  Secret out(text.size());
  const auto* end = std::remove_copy_if(text.begin(), text.end(), out.data(), is_space);
  out.shrink(static_cast<std::size_t>(end - out.data()));
  return out;
}

// The padding counts 1, 2, 3, … up to the cipher's block size.
bool is_padding(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (static_cast<unsigned char>(bytes[i]) != ((i + 1) & 0xff)) return false;
  }
  return true;
}

Result<KeyFile> parse_binary(std::string_view bytes) {
  if (!bytes.starts_with(magic)) return no_key();
  WireReader in(bytes.substr(magic.size()));
  REGTOOL_TRY_ASSIGN(const auto cipher, in.string());
  REGTOOL_TRY(in.string());  // the name of the key derivation
  REGTOOL_TRY(in.string());  // and its options: both are libssh's to know
  REGTOOL_TRY_ASSIGN(const auto count, in.uint32());
  if (count != 1) return fail(Errc::unsupported, "a file of several keys");
  REGTOOL_TRY_ASSIGN(const auto blob, in.string());
  REGTOOL_TRY(ed25519_of_blob(blob));
  REGTOOL_TRY_ASSIGN(const auto section, in.string());
  return KeyFile{cipher != "none", std::string(blob), Secret::take(std::string(section))};
}

}  // namespace

Result<KeyFile> parse_key_file(std::string_view text) {
  if (text.starts_with(ed25519_name)) return fail(Errc::corrupt, "a public key, not a private one");
  const auto begin = text.find(head);
  if (begin == text.npos) return no_key();
  const auto body = text.substr(begin + head.size());
  const auto end = body.find(tail);
  if (end == body.npos) return no_key();
  auto decoded = from_base64(without_space(body.substr(0, end)).view());
  if (!decoded) return no_key();
  const auto bytes = Secret::take(std::move(*decoded));
  return parse_binary(bytes.view());
}

Result<Secret> seed_of(const KeyFile& file) {
  WireReader in(file.private_section.view());
  REGTOOL_TRY_ASSIGN(const auto check, in.uint32());
  REGTOOL_TRY_ASSIGN(const auto check_again, in.uint32());
  if (check != check_again) return no_key();
  REGTOOL_TRY_ASSIGN(const auto algorithm, in.string());
  if (algorithm != ed25519_name) return no_key();
  REGTOOL_TRY_ASSIGN(const auto public_key, in.string());
  REGTOOL_TRY_ASSIGN(const auto both, in.string());  // the seed, and the public key once more
  REGTOOL_TRY(in.string());                          // the comment
  if (both.size() != 2 * ed25519_key_size || both.substr(ed25519_key_size) != public_key ||
      ed25519_blob(public_key) != file.public_blob || !is_padding(in.rest())) {
    return fail(Errc::corrupt, "a damaged OpenSSH private key");
  }
  Secret seed(ed25519_key_size);
  std::memcpy(seed.data(), both.data(), ed25519_key_size);
  return seed;
}

Result<PublicKey> parse_public_key(std::string_view line) {
  line = line.substr(0, line.find_first_of("\r\n"));
  const auto word = [&line] {
    const auto taken = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(taken.size() + 1, line.size()));
    return taken;
  };
  if (word() != ed25519_name) return fail(Errc::unsupported, "not an Ed25519 key");
  REGTOOL_TRY_ASSIGN(auto blob, from_base64(word()));
  REGTOOL_TRY(ed25519_of_blob(blob));
  return PublicKey{std::move(blob), std::string(line)};
}

std::string public_key_line(const PublicKey& key) {
  auto line = std::string(ed25519_name) + " " + to_base64(as_bytes(key.blob));
  if (!key.comment.empty()) line += " " + key.comment;
  return line;
}

}  // namespace regtool
