#pragma once
// The messages of the SSH agent protocol (draft-ietf-sshm-ssh-agent) that we need. Pure.

#include "key_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// Requests with the length that goes before them.
std::string agent_list_request();
std::string agent_sign_request(std::string_view public_blob, std::string_view message);

// From answers without that length. Errc::corrupt for what breaks the protocol, Errc::unauthenticated where the agent
// refuses.
Result<std::vector<PublicKey>> parse_agent_keys(std::string_view answer);  // the Ed25519 ones alone
Result<std::string> parse_agent_signature(std::string_view answer);        // 64 bytes

}  // namespace regtool
