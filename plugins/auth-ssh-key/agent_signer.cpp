#include "agent_connection.hpp"
#include "agent_protocol.hpp"
#include "signers.hpp"

#include <algorithm>

namespace regtool {
namespace {

// Connects anew for every signature: they are rare, and agents come and go.
class AgentSigner final : public Signer {
 public:
  AgentSigner(std::string socket, PublicKey key) : socket_(std::move(socket)), key_(std::move(key)) {}

  const PublicKey& public_key() const noexcept override { return key_; }

  Result<std::string> sign(const Context& ctx, std::string_view message) noexcept override {
    REGTOOL_TRY_ASSIGN(auto agent, AgentConnection::open(socket_));
    REGTOOL_TRY_ASSIGN(const auto answer, agent.ask(ctx, agent_sign_request(key_.blob, message)));
    return parse_agent_signature(answer);
  }

 private:
  const std::string socket_;
  const PublicKey key_;
};

}  // namespace

Result<std::unique_ptr<Signer>> open_agent(const Context& ctx, const std::string& socket,
                                           const std::optional<PublicKey>& wanted) {
  REGTOOL_TRY_ASSIGN(auto agent, AgentConnection::open(socket));
  REGTOOL_TRY_ASSIGN(const auto answer, agent.ask(ctx, agent_list_request()));
  REGTOOL_TRY_ASSIGN(auto keys, parse_agent_keys(answer));
  const auto chosen =
      std::find_if(keys.begin(), keys.end(), [&](const PublicKey& key) { return !wanted || key.blob == wanted->blob; });
  if (chosen == keys.end()) return nullptr;
  return std::make_unique<AgentSigner>(socket, std::move(*chosen));
}

}  // namespace regtool
