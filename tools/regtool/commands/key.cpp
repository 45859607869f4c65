#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "session.hpp"

#include <fmt/format.h>

namespace regtool::cli {
namespace {

std::string as_text(const Identity& identity) {
  return fmt::format("{}\n{}\n{}", identity.public_key, identity.fingerprint, identity.where);
}

std::string as_json(const Identity& identity) {
  return JsonText()
      .begin_object()
      .field("public_key", identity.public_key)
      .field("fingerprint", identity.fingerprint)
      .field("where", identity.where)
      .end_object()
      .text();
}

using Ask = Result<Identity> (Authenticator::*)(const Context&);

class KeyCommand : public Command {
 public:
  void declare(Parameters& parameters) override {
    parameters.argument(host_, "HOST", false, "A registry; registry.ollama.ai by default");
  }

 protected:
  Result<> answer(Session& session, Ask ask) {
    const std::string host = host_.empty() ? std::string(Reference::default_host) : host_;
    REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
    REGTOOL_TRY_ASSIGN(auto* authenticator, assembly->authenticator(session.context(), host));
    const auto identity = (authenticator->*ask)(session.context());
    if (!identity) return fail(Error(identity.error()).in("key of " + host));
    return session.print(session.options().json ? as_json(*identity) : as_text(*identity));
  }

 private:
  std::string host_;
};

class KeyShowCommand final : public KeyCommand {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"key show", "Show the public key",
                                      "Prints the public key that a registry knows you by, its fingerprint, and where\n"
                                      "the secret half is kept. The first line is what you register with the service.",
                                      "  regtool key show"};
    return text;
  }

  Result<> run(Session& session) override { return answer(session, &Authenticator::identity); }
};

class KeyNewCommand final : public KeyCommand {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{"key new", "Make a key where there is none",
                                      "Makes the key that the config names for a registry, readable by you alone, and\n"
                                      "prints its public half. A key that is there is never replaced.",
                                      "  regtool key new"};
    return text;
  }

  Result<> run(Session& session) override { return answer(session, &Authenticator::create_identity); }
};

}  // namespace

std::unique_ptr<Command> key_show_command() { return std::make_unique<KeyShowCommand>(); }

std::unique_ptr<Command> key_new_command() { return std::make_unique<KeyNewCommand>(); }

}  // namespace regtool::cli
