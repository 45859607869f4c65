// The servers of the lab do what the tests and the demo rely upon, seen without regtool.

#include "docker_registry.hpp"
#include "http_call.hpp"
#include "model_service.hpp"
#include "nginx.hpp"
#include "private_ca.hpp"
#include "signing_key.hpp"
#include "temp_dir.hpp"
#include "tinyproxy.hpp"
#include "token_signature.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <signal.h>

namespace regtool::lab {
namespace {

constexpr const char* content = "The bytes of a blob.";

std::string digest_of_content() {
  const std::string out =
      run_checked({.words = {"sh", "-c", std::string("printf '%s' '") + content + "' | sha256sum"}});
  return out.substr(0, 64);
}

// Uploads `content` in one piece; returns the last status.
int push_blob(const std::string& base, const std::map<std::string, std::string>& headers,
              const std::filesystem::path& ca = {}) {
  const HttpReply session =
      http({.method = "POST", .url = base + "/v2/demo/tiny/blobs/uploads/", .headers = headers, .ca = ca});
  if (session.status != 202) return session.status;
  std::map<std::string, std::string> more = headers;
  more["Content-Type"] = "application/octet-stream";
  return http({.method = "PUT",
               .url = session.header("location") + "&digest=sha256:" + digest_of_content(),
               .headers = more,
               .body = content,
               .ca = ca})
      .status;
}

std::string blob_url(const std::string& base) { return base + "/v2/demo/tiny/blobs/sha256:" + digest_of_content(); }

std::string unix_time() {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

std::string token_url(const std::string& origin, const std::string& nonce, const std::string& timestamp) {
  return origin + "/v2/token?nonce=" + nonce +
         "&scope=repository%3Ademo%2Ftiny%3Apull%2Cpush&service=lab-registry&ts=" + timestamp;
}

std::string token_in(const std::string& json) {
  const std::size_t begin = json.find("\"token\":\"") + 9;
  return json.substr(begin, json.find('"', begin) - begin);
}

TEST(Lab, a_plain_registry_takes_a_blob_and_gives_it_back) {
  const DockerRegistry registry;
  ASSERT_EQ(push_blob(registry.url(), {}), 201);
  EXPECT_EQ(http({.url = blob_url(registry.url())}).body, content);
  EXPECT_EQ(read_file(registry.blob(digest_of_content())), content);
}

TEST(Lab, a_registry_with_an_account_asks_for_it) {
  const DockerRegistry registry({.account = DockerRegistryOptions::Account{"ada", "secret"}});
  const HttpReply refused = http({.url = registry.url() + "/v2/"});
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.header("www-authenticate").starts_with("Basic"));
  EXPECT_EQ(push_blob(registry.url(), {{"Authorization", "Basic YWRhOnNlY3JldA=="}}), 201);
}

TEST(Lab, a_registry_redirects_to_its_cdn) {
  TempDir folder;
  const Nginx cdn({.locations = serve_folder("/", folder / "blobs")});
  const DockerRegistry registry({.redirect_to = cdn.url()});
  std::filesystem::create_directory_symlink(registry.data(), folder / "blobs");
  ASSERT_EQ(push_blob(registry.url(), {}), 201);
  const HttpReply redirect = http({.url = blob_url(registry.url())});
  ASSERT_EQ(redirect.status, 307);
  EXPECT_EQ(http({.url = redirect.header("location")}).body, content);
  EXPECT_EQ(cdn.bytes_served(digest_of_content()), std::string(content).size());
}

TEST(Lab, tls_is_trusted_by_the_private_authority_alone) {
  TempDir folder;
  const PrivateCa ca(folder / "ca");
  const DockerRegistry registry({.tls = ca.issue("registry")});
  EXPECT_EQ(push_blob(registry.url(), {}, ca.certificate()), 201);
  const PrivateCa stranger(folder / "stranger");
  EXPECT_ANY_THROW(http({.url = registry.url() + "/v2/", .ca = stranger.certificate()}));
}

TEST(Lab, the_service_gives_a_token_for_a_signature_and_takes_a_push_with_it) {
  const ModelService service;
  const SigningKey key;
  service.register_key(key.public_line("ada@example.org"));

  const HttpReply challenge = http({.method = "POST", .url = service.url() + "/v2/demo/tiny/blobs/uploads/"});
  ASSERT_EQ(challenge.status, 401);
  EXPECT_NE(challenge.header("www-authenticate").find("realm=\"" + service.url() + "/v2/token\""), std::string::npos);

  const std::string url = token_url(service.url(), "first", unix_time());
  const HttpReply answer = http({.url = url, .headers = {{"Authorization", key.authorization(url)}}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::map<std::string, std::string> bearer = {{"Authorization", "Bearer " + token_in(answer.body)}};
  EXPECT_EQ(push_blob(service.url(), bearer), 201);
  EXPECT_EQ(http({.url = blob_url(service.url()), .headers = bearer}).status, 307);
  EXPECT_EQ(service.tokens().issued(), 1U);
}

TEST(Lab, the_service_lets_everybody_pull_and_nobody_push_without_a_key) {
  const ModelService service({.accounts = {{"ada", "secret"}}});
  const std::string ask = service.url() + "/v2/token?service=lab-registry&scope=repository:demo/tiny:pull,push";

  const HttpReply anonymous = http({.url = ask});
  ASSERT_EQ(anonymous.status, 200);
  EXPECT_EQ(push_blob(service.url(), {{"Authorization", "Bearer " + token_in(anonymous.body)}}), 401);
  const HttpReply account = http({.url = ask, .headers = {{"Authorization", "Basic YWRhOnNlY3JldA=="}}});
  EXPECT_EQ(push_blob(service.url(), {{"Authorization", "Bearer " + token_in(account.body)}}), 201);
  EXPECT_EQ(http({.url = blob_url(service.url()), .headers = {{"Authorization", "Bearer " + token_in(anonymous.body)}}})
                .status,
            307);
  EXPECT_EQ(http({.url = ask, .headers = {{"Authorization", "Basic YWRhOndyb25n"}}}).status, 401);
}

TEST(Lab, a_signature_counts_once_for_one_url_by_a_registered_key_in_time) {
  TempDir folder;
  const SigningKey key, stranger;
  write_file(folder / "keys", key.public_line("ada") + "\n");
  SignatureCheck check(folder / "keys");
  const auto now = std::chrono::system_clock::now();
  const auto ask = [&](const SigningKey& signer, const std::string& nonce, const std::string& timestamp) {
    const std::string url = token_url("http://example.org", nonce, timestamp);
    return check.check({url, signer.authorization(url), nonce, timestamp}, now).accepted;
  };
  EXPECT_TRUE(ask(key, "a", unix_time()));
  EXPECT_FALSE(ask(key, "a", unix_time())) << "a nonce twice";
  EXPECT_TRUE(ask(key, "b", unix_time()));
  EXPECT_FALSE(ask(stranger, "c", unix_time())) << "a key that is not registered";
  EXPECT_FALSE(ask(key, "d", "1700000000")) << "an old timestamp";
  EXPECT_FALSE(ask(key, "e", "soon")) << "no timestamp";
  const std::string url = token_url("http://example.org", "f", unix_time());
  EXPECT_FALSE(check.check({url + "&more", key.authorization(url), "f", unix_time()}, now).accepted) << "another URL";
  EXPECT_FALSE(check.check({url, "Bearer x", "f", unix_time()}, now).accepted) << "no signature";
}

TEST(Lab, tinyproxy_passes_requests_on) {
  const DockerRegistry registry;
  const Tinyproxy proxy;
  const std::string out = run_checked({.words = {"curl", "-sS", "-x", proxy.url(), registry.url() + "/v2/"},
                                       .environment = {{"NO_PROXY", ""}, {"no_proxy", ""}}});
  EXPECT_EQ(out, "{}");
  EXPECT_NE(proxy.log().find("GET " + registry.url()), std::string::npos) << proxy.log();
}

TEST(Process, gives_the_status_and_both_streams) {
  const Outcome outcome = run({.words = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST(Process, says_which_signal_ended_it) {
  Process process({.words = {"sleep", "60"}});
  EXPECT_EQ(process.wait(std::chrono::milliseconds(0)), std::nullopt);
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(std::chrono::seconds(10)), 128 + SIGTERM);
}

TEST(Process, ends_what_it_started) {
  pid_t pid = 0;
  {
    const Process process({.words = {"sleep", "60"}});
    pid = process.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

}  // namespace
}  // namespace regtool::lab
