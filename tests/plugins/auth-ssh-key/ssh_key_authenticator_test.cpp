#include "auth-ssh-key/ssh_key_authenticator.hpp"

#include "fake_context.hpp"
#include "process.hpp"
#include "sample_keys.hpp"
#include "temp_dir.hpp"
#include "token_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SshKey : public testing::Test {
 protected:
  void put_key(std::string_view text, mode_t mode = 0600) {
    write_file(options_.key, text);
    ::chmod(options_.key.c_str(), mode);
  }

  Result<Credential> answer() { return answer(fake_); }
  Result<Credential> answer(FakeContext& fake) {
    return make_ssh_key_authenticator(options_)->answer(fake.context(), challenge_, endpoint_.transport());
  }

  TempDir folder_;
  SshKeyOptions options_{folder_ / "id_ed25519", false, "", ""};
  FakeContext fake_;
  TokenEndpoint endpoint_;
  Challenge challenge_ = endpoint_.challenge();
};

TEST_F(SshKey, signs_for_a_token) {
  put_key(sample_keys::plain);
  endpoint_.register_key(std::string(sample_keys::public_line));
  const auto credential = answer();
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->authorization, "Bearer t0k3n");
  ASSERT_EQ(endpoint_.requests().size(), 1U);
  EXPECT_EQ(endpoint_.requests()[0].query_value("ts"), "1700000000");
  EXPECT_EQ(endpoint_.requests()[0].query_value("scope"), "repository:me/model:pull,push");
}

TEST_F(SshKey, makes_a_new_nonce_of_16_bytes_every_time) {
  put_key(sample_keys::plain);
  ASSERT_TRUE(answer());
  ASSERT_TRUE(answer());
  const auto first = endpoint_.requests()[0].query_value("nonce");
  EXPECT_EQ(first.size(), 22U);
  EXPECT_EQ(first.find_first_of("+/="), std::string::npos);
  EXPECT_NE(first, endpoint_.requests()[1].query_value("nonce"));
}

TEST_F(SshKey, uses_the_nonce_that_the_challenge_brings) {
  put_key(sample_keys::plain);
  challenge_.params["nonce"] = "theirs";
  ASSERT_TRUE(answer());
  EXPECT_EQ(endpoint_.requests()[0].query_value("nonce"), "theirs");
}

TEST_F(SshKey, decrypts_an_encrypted_key_with_the_configured_passphrase) {
  put_key(sample_keys::encrypted);
  options_.passphrase = sample_keys::passphrase;
  EXPECT_TRUE(answer());
  EXPECT_THAT(fake_.console.questions(), IsEmpty());
}

TEST_F(SshKey, refuses_a_configured_passphrase_that_is_wrong_without_asking_or_showing_it) {
  put_key(sample_keys::encrypted);
  options_.passphrase = "hunter2";
  const auto credential = answer();
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_EQ(credential.error().message, "key " + options_.key.string() + ": the passphrase is wrong");
  EXPECT_THAT(fake_.console.questions(), IsEmpty());
}

TEST_F(SshKey, says_how_to_give_a_passphrase_where_there_is_no_terminal) {
  put_key(sample_keys::encrypted);
  const auto credential = answer();
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_THAT(credential.error().message, HasSubstr("$REGTOOL_KEY_PASSPHRASE"));
}

struct Asked {
  FakeClock clock;
  RecordingConsole console;
  Context context() { return {{}, clock, console}; }
};

TEST_F(SshKey, asks_for_the_passphrase_up_to_three_times_and_then_never_again) {
  put_key(sample_keys::encrypted);
  Asked asked{{}, RecordingConsole({"no", "nor this", std::string(sample_keys::passphrase)})};
  const auto authenticator = make_ssh_key_authenticator(options_);
  for (int i = 0; i < 2; ++i) {
    const auto credential = authenticator->answer(asked.context(), challenge_, endpoint_.transport());
    ASSERT_TRUE(credential) << credential.error().message;
  }
  const auto question = "Passphrase for " + options_.key.string();
  EXPECT_THAT(asked.console.questions(), ElementsAre(question, question, question));
}

TEST_F(SshKey, gives_up_after_three_wrong_passphrases) {
  put_key(sample_keys::encrypted);
  Asked asked{{}, RecordingConsole({"a", "b", "c", std::string(sample_keys::passphrase)})};
  const auto credential =
      make_ssh_key_authenticator(options_)->answer(asked.context(), challenge_, endpoint_.transport());
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_EQ(asked.console.questions().size(), 3U);
}

TEST_F(SshKey, warns_once_of_a_key_that_others_can_read) {
  put_key(sample_keys::plain, 0640);
  const auto authenticator = make_ssh_key_authenticator(options_);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(authenticator->answer(fake_.context(), challenge_, endpoint_.transport()));
  const auto path = options_.key.string();
  EXPECT_THAT(fake_.console.warnings(),
              ElementsAre("others can read the key " + path + ": run `chmod 600 " + path + "`"));
}

TEST_F(SshKey, does_not_warn_of_a_key_that_is_private) {
  put_key(sample_keys::plain);
  ASSERT_TRUE(answer());
  EXPECT_THAT(fake_.console.warnings(), IsEmpty());
}

TEST_F(SshKey, says_what_to_do_where_there_is_no_key) {
  const auto credential = answer();
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_EQ(credential.error().message,
            "no key at " + options_.key.string() + ": make one with `regtool key new` and register it");
}

TEST_F(SshKey, that_is_of_no_use_is_named_and_nothing_is_sent) {
  for (const auto& text : {std::string(sample_keys::ecdsa), std::string("-----BEGIN RSA PRIVATE KEY-----\n"),
                           std::string(), std::string(100'000, 'x'), std::string(sample_keys::plain.substr(0, 200))}) {
    put_key(text);
    const auto credential = answer();
    ASSERT_FALSE(credential);
    EXPECT_EQ(credential.error().code, Errc::unauthenticated);
    EXPECT_THAT(credential.error().message, HasSubstr("key " + options_.key.string() + ": "));
  }
  options_.key = folder_.path();
  EXPECT_THAT(answer().error().message, HasSubstr("it is not a file"));
  EXPECT_THAT(endpoint_.requests(), IsEmpty());
}

TEST_F(SshKey, signs_nothing_for_a_realm_that_is_not_trusted) {
  put_key(sample_keys::plain);
  challenge_.origin = "https://hf.test";
  challenge_.realm_trusted = false;
  const auto credential = answer();
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_THAT(credential.error().message, HasSubstr(TokenEndpoint::origin));
  EXPECT_THAT(credential.error().message, HasSubstr("trusted-realms"));
  EXPECT_THAT(endpoint_.requests(), IsEmpty());
}

TEST_F(SshKey, takes_a_challenge_without_realm_for_a_broken_protocol) {
  put_key(sample_keys::plain);
  challenge_.params.erase("realm");
  EXPECT_EQ(answer().error().code, Errc::protocol);
}

TEST_F(SshKey, leaves_other_schemes_to_others) {
  challenge_.scheme = "basic";
  EXPECT_EQ(answer().error().code, Errc::unsupported);
}

TEST_F(SshKey, that_is_not_registered_is_refused_with_a_hint) {
  put_key(sample_keys::plain);
  endpoint_.register_key("ssh-ed25519 AAAA somebody@else");
  const auto credential = answer();
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
  EXPECT_EQ(
      credential.error().message,
      "token from https://ollama.test/v2/token: the server answered 401: unknown key; check the user and password in "
      "the config, or register the key that `regtool key show` prints");
}

TEST_F(SshKey, identity_needs_no_passphrase_and_takes_the_comment_from_beside_the_key) {
  put_key(sample_keys::encrypted);
  write_file(folder_ / "id_ed25519.pub", sample_keys::public_line);
  const auto identity = make_ssh_key_authenticator(options_)->identity(fake_.context());
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->public_key, sample_keys::public_line);
  EXPECT_EQ(identity->fingerprint, sample_keys::fingerprint);
  EXPECT_EQ(identity->where, options_.key.string());
}

TEST_F(SshKey, identity_that_is_not_there_is_not_found) {
  EXPECT_EQ(make_ssh_key_authenticator(options_)->identity(fake_.context()).error().code, Errc::not_found);
}

TEST_F(SshKey, made_by_us_is_private_and_one_that_ssh_keygen_reads_and_we_sign_with) {
  options_.key = folder_ / "new/.ollama/id_ed25519";
  const auto made = make_ssh_key_authenticator(options_)->create_identity(fake_.context());
  ASSERT_TRUE(made) << made.error().message;

  struct stat facts {};
  ASSERT_EQ(::stat(options_.key.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600U);
  ASSERT_EQ(::stat(options_.key.parent_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0700U);
  EXPECT_EQ(read_file(options_.key.string() + ".pub"), made->public_key + "\n");

  const auto seen_by_ssh_keygen = run_checked({{"ssh-keygen", "-y", "-f", options_.key.string()}});
  EXPECT_THAT(made->public_key, HasSubstr(seen_by_ssh_keygen.substr(0, 80)));
  EXPECT_THAT(run_checked({{"ssh-keygen", "-l", "-f", options_.key.string() + ".pub"}}), HasSubstr(made->fingerprint));

  endpoint_.register_key(made->public_key);
  const auto credential = answer();
  EXPECT_TRUE(credential) << credential.error().message;
  EXPECT_THAT(fake_.console.warnings(), IsEmpty());
}

TEST_F(SshKey, is_never_replaced) {
  put_key("precious");
  const auto made = make_ssh_key_authenticator(options_)->create_identity(fake_.context());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::already_exists);
  EXPECT_EQ(read_file(options_.key), "precious");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "id_ed25519.pub"));
}

TEST_F(SshKey, is_not_made_where_a_public_key_would_be_replaced) {
  write_file(folder_ / "id_ed25519.pub", "precious");
  const auto made = make_ssh_key_authenticator(options_)->create_identity(fake_.context());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::already_exists);
  EXPECT_EQ(read_file(folder_ / "id_ed25519.pub"), "precious");
  EXPECT_FALSE(std::filesystem::exists(options_.key));
}

class SshKeygen : public SshKey, public testing::WithParamInterface<const char*> {};

TEST_P(SshKeygen, makes_keys_that_we_read) {
  run_checked({{"ssh-keygen", "-q", "-t", "ed25519", "-N", GetParam(), "-f", options_.key.string()}});
  options_.passphrase = GetParam();
  endpoint_.register_key(read_file(options_.key.string() + ".pub"));
  const auto credential = answer();
  EXPECT_TRUE(credential) << credential.error().message;
}

INSTANTIATE_TEST_SUITE_P(Passphrases, SshKeygen, testing::Values("", "p4ss phrase \xc3\xa9"));

}  // namespace
}  // namespace regtool
