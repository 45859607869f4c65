#include "auth-ssh-key/agent_protocol.hpp"
#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_agent_keys(input);
  if (const auto signature = parse_agent_signature(input)) require(signature->size() == 64);
}
