// SSH keys that cannot be used. Nobody is asked for a passphrase where there is no terminal.

#include "bad_input.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

class BadKey : public BadServer {
 protected:
  BadKey() {
    registry_.plan().on(
        {.target = "/v2/ns/"}, Times::always(),
        HttpReply{.status = 401,
                  .headers = {{"WWW-Authenticate", fmt::format("Bearer realm=\"{}/v2/token\"", server_.url())}}});
    authenticate(R"({"plugin": "ssh-key"})");
    // A terminal that the tests themselves run in must not be asked.
    user_.run_through({"setsid", "--wait"});
    fs::create_directories(key().parent_path());
  }

  fs::path key() const { return user_.home() / ".ollama/id_ed25519"; }

  void make_key(const std::string& type, const std::string& passphrase = "") const {
    run_checked({.words = {"ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "c", "-f", key().string()}});
  }

  void put(const std::string& text) const {
    write_file(key(), text);
    fs::permissions(key(), fs::perms::owner_read | fs::perms::owner_write);
  }

  void expect_useless(const std::vector<std::string>& words) {
    Refusal refusal{3, words};
    refusal.words.push_back(key().string());
    expect_pull_refused(refusal);
    EXPECT_EQ(registry_.log().count("", "/v2/token"), 0u);
  }
};

TEST_F(BadKey, that_is_missing_comes_with_advice) { expect_useless({"no key at", "regtool key new"}); }

TEST_F(BadKey, that_is_missing_while_the_agent_is_gone_says_so) {
  user_.set_environment("SSH_AUTH_SOCK", (user_.home() / "nobody").string());
  expect_useless({"no key at", "ssh-agent"});
}

TEST_F(BadKey, that_is_empty) {
  put("");
  expect_useless({"it is empty"});
}

TEST_F(BadKey, that_is_garbage) {
  for (const auto& text : {std::string("garbage"), std::string(1000, '\0'),
                           std::string("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n"),
                           std::string("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")}) {
    put(text);
    expect_useless({"not an OpenSSH private key"});
  }
}

TEST_F(BadKey, that_is_cut_off) {
  make_key("ed25519");
  const auto text = read_file(key());
  put(text.substr(0, text.size() / 2));
  expect_useless({"not an OpenSSH private key"});
}

TEST_F(BadKey, that_is_the_public_half) {
  make_key("ed25519");
  put(read_file(key().string() + ".pub"));
  expect_useless({"a public key, not a private one"});
}

TEST_F(BadKey, that_is_of_another_type) {
  make_key("ecdsa");
  expect_useless({"Ed25519"});
}

TEST_F(BadKey, that_is_encrypted) {
  keep_secret("open sesame");
  make_key("ed25519", "open sesame");
  expect_useless({"encrypted", "REGTOOL_KEY_PASSPHRASE"});
  keep_secret("open says me");
  user_.set_environment("REGTOOL_KEY_PASSPHRASE", "open says me");
  expect_useless({"the passphrase is wrong"});
}

TEST_F(BadKey, that_is_a_folder) {
  fs::create_directories(key());
  expect_useless({"not a file"});
}

TEST_F(BadKey, that_is_too_large) {
  put(std::string(1 << 20, 'x'));
  expect_useless({"too large"});
}

TEST_F(BadKey, that_is_a_circle_of_links) {
  fs::create_symlink(key(), key());
  expect_useless({"cannot read the key"});
}

TEST_F(BadKey, that_its_user_may_not_read) {
  make_key("ed25519");
  fs::permissions(key(), fs::perms::none);
  if (::geteuid() == 0) {
    // Nothing is forbidden to root, but to nobody.
    fs::permissions(user_.home(), fs::perms::all);
    user_.run_through({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "setsid", "--wait"});
    if (user_.regtool({"version"}).status != 0) GTEST_SKIP() << "cannot run the program as another user";
  }
  expect_useless({"cannot read the key", "Permission denied"});
}

}  // namespace
}  // namespace regtool
