#include "agent_protocol.hpp"

#include "ssh_wire.hpp"

namespace regtool {
namespace {

constexpr char list_request = 11;
constexpr char list_answer = 12;
constexpr char sign_request = 13;
constexpr char sign_answer = 14;
constexpr char failure = 5;

Result<> expect(WireReader& in, char type) {
  REGTOOL_TRY_ASSIGN(const auto found, in.byte());
  if (found == failure) return fail(Errc::unauthenticated, "ssh-agent refused");
  if (found != type) return fail(Errc::corrupt, "ssh-agent gave an answer that was not asked for");
  return {};
}

}  // namespace

std::string agent_list_request() { return wire_string(std::string(1, list_request)); }

std::string agent_sign_request(std::string_view public_blob, std::string_view message) {
  constexpr std::uint32_t no_flags = 0;
  return wire_string(sign_request + wire_string(public_blob) + wire_string(message) + wire_uint32(no_flags));
}

Result<std::vector<PublicKey>> parse_agent_keys(std::string_view answer) {
  WireReader in(answer);
  REGTOOL_TRY(expect(in, list_answer));
  REGTOOL_TRY_ASSIGN(const auto count, in.uint32());
  std::vector<PublicKey> keys;
  for (std::uint32_t i = 0; i < count; ++i) {
    REGTOOL_TRY_ASSIGN(const auto blob, in.string());
    REGTOOL_TRY_ASSIGN(const auto comment, in.string());
    if (ed25519_of_blob(blob)) keys.push_back({std::string(blob), std::string(comment)});
  }
  return keys;
}

Result<std::string> parse_agent_signature(std::string_view answer) {
  WireReader in(answer);
  REGTOOL_TRY(expect(in, sign_answer));
  REGTOOL_TRY_ASSIGN(const auto blob, in.string());
  REGTOOL_TRY_ASSIGN(const auto signature, ed25519_signature_of_blob(blob));
  return std::string(signature);
}

}  // namespace regtool
