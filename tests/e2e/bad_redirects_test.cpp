// Redirects that lead nowhere, or where nobody should go.

#include "bad_input.hpp"
#include "digest_of.hpp"
#include "nginx.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

class BadRedirect : public BadServer {
 protected:
  BadRedirect() { serve_model(); }

  void redirect(const std::string& what, const std::string& to) {
    registry_.plan().on({.method = "GET", .target = what}, Times::always(),
                        HttpReply{.status = 307, .headers = {{"Location", to}}});
  }
};

TEST_F(BadRedirect, in_a_circle_ends) {
  redirect("/", "?again=signature-1");
  keep_secret("signature-1");
  expect_pull_refused({1, {"more than 10 redirects"}});
  EXPECT_EQ(registry_.log().count("GET"), 2u * 11);
}

TEST_F(BadRedirect, of_a_blob_in_a_circle_ends) {
  redirect("/blobs/", "?again=signature-1");
  keep_secret("signature-1");
  expect_pull_refused({1, {"more than 10 redirects"}});
}

TEST_F(BadRedirect, to_what_is_no_web_address_is_refused) {
  keep_secret("ada");
  keep_secret("signature-1");
  for (const auto* nowhere :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://ada:secret@127.0.0.1/x", "http://ada:sec?ret@127.0.0.1/x",
        "http://127.0.0.1:99999/x", "http:///x", "http://127.0.0.1/a b?signature-1"}) {
    SCOPED_TRACE(nowhere);
    registry_.plan().clear();
    registry_.plan().on({.target = "/blobs/"}, Times::always(),
                        HttpReply{.status = 302, .headers = {{"Location", nowhere}}});
    expect_pull_refused({1, {"redirect"}});
  }
}

TEST_F(BadRedirect, without_a_target_is_refused) {
  registry_.plan().on({.target = "/blobs/"}, Times::always(), HttpReply{.status = 302});
  expect_pull_refused({1, {"redirect without a Location"}});
}

TEST_F(BadRedirect, to_storage_that_asks_for_credentials_gets_none) {
  keep_secret("correct-horse-battery");
  keep_secret("signature-1");
  authenticate(R"({"plugin": "token", "user": "ada", "password": "correct-horse-battery"})");
  redirect("/blobs/", other_server_.url() + "/cdn/blob?X-Signature=signature-1");
  for (const std::string scheme : {"Basic", "Bearer"}) {
    const auto challenge = fmt::format("{} realm=\"{}/v2/token\"", scheme, other_server_.url());
    elsewhere_.plan().clear();
    elsewhere_.plan().on({}, Times::always(), HttpReply{.status = 401, .headers = {{"WWW-Authenticate", challenge}}});
    expect_pull_refused({3, {other_server_.url(), "401"}});
  }
  EXPECT_EQ(elsewhere_.log().count("", "/v2/token"), 0u);
  for (const auto& request : elsewhere_.log().all()) EXPECT_FALSE(request.headers.get("Authorization"));
}

TEST_F(BadRedirect, to_storage_that_refuses_does_not_tell_the_signature) {
  redirect("/blobs/", other_server_.url() + "/cdn/blob?X-Signature=signature-1");
  keep_secret("signature-1");
  elsewhere_.plan().on({}, Times::always(), HttpReply{.status = 403, .body = "<Error>signature-1</Error>"});
  expect_pull_refused({3, {other_server_.url(), "403"}});
}

TEST_F(BadRedirect, from_https_to_http_is_refused) {
  const TempDir folder;
  const lab::PrivateCa authority(folder.path());
  const lab::Nginx front({.locations = lab::pass_to("/", server_.url()), .tls = authority.issue("registry")});
  redirect("/blobs/", other_server_.url() + "/cdn/blob?X-Signature=signature-1");
  keep_secret("signature-1");
  expect_refused({"pull", front.host() + "/ns/model:tag", "--set", "transport.ca=" + authority.certificate().string()},
                 {1, {"from https to plain http", other_server_.url()}});
  EXPECT_EQ(elsewhere_.log().count(""), 0u);
}

TEST_F(BadRedirect, of_a_realm_from_https_to_http_is_refused) {
  const TempDir folder;
  const lab::PrivateCa authority(folder.path());
  const lab::Nginx front({.locations = lab::pass_to("/", server_.url()), .tls = authority.issue("registry")});
  registry_.plan().on(
      {.target = "/v2/ns/"}, Times::always(),
      HttpReply{.status = 401,
                .headers = {{"WWW-Authenticate", fmt::format("Bearer realm=\"{}/v2/token\"", other_server_.url())}}});
  expect_refused({"pull", front.host() + "/ns/model:tag", "--set", "transport.ca=" + authority.certificate().string()},
                 {1, {"not encrypted", other_server_.url()}});
  EXPECT_EQ(elsewhere_.log().count(""), 0u);
}

TEST_F(BadServer, a_certificate_that_nobody_vouches_for_is_refused) {
  const TempDir folder;
  const lab::PrivateCa authority(folder.path());
  const lab::Nginx front({.locations = lab::pass_to("/", server_.url()), .tls = authority.issue("registry")});
  expect_refused({"pull", front.host() + "/ns/model:tag"}, {3, {"certificate", "`ca`"}});
}

TEST_F(BadServer, that_speaks_no_tls_comes_with_advice) {
  const lab::Nginx plain({.locations = lab::pass_to("/", server_.url())});
  expect_refused({"pull", plain.host() + "/ns/model:tag"}, {1, {"does not speak TLS", "--insecure"}});
}

}  // namespace
}  // namespace regtool
