#include "auth-ssh-key/agent_connection.hpp"
#include "auth-ssh-key/ssh_key_authenticator.hpp"
#include "fake_context.hpp"
#include "process.hpp"
#include "temp_dir.hpp"
#include "token_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace regtool {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A real ssh-agent, which serves from the moment it has written its greeting.
class SshAgent : public testing::Test {
 protected:
  void SetUp() override {
    while (agent_.out().find("SSH_AUTH_SOCK") == std::string::npos) {
      ASSERT_FALSE(agent_.wait(10ms)) << agent_.err();
    }
  }

  std::string make_key(const std::string& name, const std::string& type) {
    const auto path = (folder_ / name).string();
    run_checked({{"ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", path}});
    return path;
  }

  void add(const std::string& key) { run_checked({{"ssh-add", "-q", key}, {{"SSH_AUTH_SOCK", socket_}}}); }

  Result<Credential> answer() {
    return make_ssh_key_authenticator(options_)->answer(context_.context(), endpoint_.challenge(),
                                                        endpoint_.transport());
  }

  TempDir folder_;
  std::string socket_ = (folder_ / "agent").string();
  Process agent_{{{"ssh-agent", "-D", "-a", socket_}}};
  SshKeyOptions options_{folder_ / "missing", false, "", socket_};
  RealContext context_;
  TokenEndpoint endpoint_;
};

TEST_F(SshAgent, signs_where_the_key_file_is_missing) {
  add(make_key("ecdsa", "ecdsa"));
  const auto key = make_key("mine", "ed25519");
  add(key);
  endpoint_.register_key(read_file(key + ".pub"));
  const auto credential = answer();
  EXPECT_TRUE(credential) << credential.error().message;

  const auto identity = make_ssh_key_authenticator(options_)->identity(context_.context());
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->public_key + "\n", read_file(key + ".pub"));
  EXPECT_EQ(identity->where, "ssh-agent");
}

TEST_F(SshAgent, signs_with_the_key_whose_public_half_lies_beside_the_missing_one) {
  add(make_key("other", "ed25519"));
  const auto key = make_key("mine", "ed25519");
  add(key);
  std::filesystem::remove(key);
  options_.key = key;
  endpoint_.register_key(read_file(key + ".pub"));
  const auto credential = answer();
  EXPECT_TRUE(credential) << credential.error().message;
}

TEST_F(SshAgent, is_asked_before_the_key_file_where_the_config_says_so) {
  const auto key = make_key("mine", "ed25519");
  add(key);
  options_.key = key;
  write_file(key, "not a key");
  EXPECT_FALSE(answer());
  options_.agent = true;
  EXPECT_TRUE(answer());
}

TEST_F(SshAgent, that_holds_no_key_for_us_is_told_from_one_that_does_not_run) {
  EXPECT_THAT(answer().error().message, HasSubstr("ssh-agent holds no Ed25519 key"));
  options_.agent_socket = (folder_ / "nobody").string();
  EXPECT_EQ(answer().error().code, Errc::unauthenticated);
  EXPECT_THAT(answer().error().message, HasSubstr("cannot reach ssh-agent at " + options_.agent_socket));
  options_.agent_socket.clear();
  options_.agent = true;
  EXPECT_THAT(answer().error().message, HasSubstr("$SSH_AUTH_SOCK"));
}

TEST_F(SshAgent, that_does_not_hold_the_wanted_key_does_not_sign_with_another) {
  add(make_key("other", "ed25519"));
  const auto key = make_key("mine", "ed25519");
  std::filesystem::remove(key);
  options_.key = key;
  EXPECT_THAT(answer().error().message, HasSubstr("ssh-agent does not hold the key of " + key + ".pub"));
  EXPECT_TRUE(endpoint_.requests().empty());
}

// Listens, and does with the first connection what the test says.
class OddAgent {
 public:
  explicit OddAgent(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("bind");
    ::listen(listener_, 1);
  }
  ~OddAgent() { ::close(listener_); }

  void answer(std::string_view bytes) const {
    const int peer = ::accept(listener_, nullptr, nullptr);
    char request[5];
    EXPECT_EQ(::recv(peer, request, sizeof(request), MSG_WAITALL), 5);
    EXPECT_EQ(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    ::close(peer);
  }

 private:
  int listener_;
};

constexpr std::string_view list_request("\0\0\0\1\x0b", 5);

Errc asked(std::string_view reply) {
  TempDir folder;
  const auto path = (folder / "agent").string();
  const OddAgent agent(path);
  auto connection = AgentConnection::open(path).value();
  std::thread other_side([&] { agent.answer(reply); });
  RealContext context;
  const auto answer = connection.ask(context.context(), list_request);
  other_side.join();
  return answer ? Errc::internal : answer.error().code;
}

TEST(OddSshAgent, with_a_senseless_length_is_refused) {
  EXPECT_EQ(asked(std::string_view("\xff\xff\xff\xff", 4)), Errc::corrupt);
  EXPECT_EQ(asked(std::string_view("\0\0\0\0", 4)), Errc::corrupt);
}

TEST(OddSshAgent, that_hangs_up_is_an_error) {
  EXPECT_EQ(asked(""), Errc::unauthenticated);
  EXPECT_EQ(asked(std::string_view("\0\0\0\x09half", 8)), Errc::unauthenticated);
}

TEST(OddSshAgent, that_is_silent_does_not_keep_a_user_who_stops) {
  TempDir folder;
  const auto path = (folder / "agent").string();
  const OddAgent agent(path);
  auto connection = AgentConnection::open(path).value();
  RealContext context;
  std::thread user([&] { context.stop(); });
  EXPECT_EQ(connection.ask(context.context(), list_request).error().code, Errc::cancelled);
  user.join();
}

TEST(OddSshAgent, whose_path_is_too_long_is_refused) {
  EXPECT_EQ(AgentConnection::open(std::string(200, 'x')).error().code, Errc::unauthenticated);
}

}  // namespace
}  // namespace regtool
