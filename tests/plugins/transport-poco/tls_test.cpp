// TLS against a real server with certificates made for the test.

#include "nginx.hpp"
#include "poco_client.hpp"
#include "private_ca.hpp"
#include "temp_dir.hpp"

#include <cstdio>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace regtool {
namespace {

using lab::KeyPair;
using lab::Nginx;
using lab::PrivateCa;
using testing::HasSubstr;

constexpr const char* says_words = "location / { return 200 words; }";

TransportSettings trusting(const std::filesystem::path& ca) {
  TransportSettings settings;
  settings.tls.ca = ca;
  return settings;
}

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;
File open_file(const std::filesystem::path& path, const char* mode) { return File(std::fopen(path.c_str(), mode)); }

// Signs the certificate anew, for a time that is over.
void let_expire(const std::filesystem::path& certificate_file, const std::filesystem::path& authority_key) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_X509(open_file(certificate_file, "r").get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_PrivateKey(open_file(authority_key, "r").get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -3600);
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  ASSERT_EQ(PEM_write_X509(open_file(certificate_file, "w").get(), certificate.get()), 1);
}

class Tls : public testing::Test {
 protected:
  TempDir folder_;
  PrivateCa ca_{folder_.path()};
};

TEST_F(Tls, reaches_a_server_whose_authority_is_trusted) {
  const Nginx server({says_words, ca_.issue("server")});
  PocoClient client(trusting(ca_.certificate()));
  EXPECT_EQ(client.get(server.url() + "/").body, "words");
  EXPECT_EQ(client.get("https://localhost" + server.host().substr(9) + "/").body, "words");
}

TEST_F(Tls, carries_large_bodies_both_ways) {
  const std::string large(20 << 20, 'x');
  write_file(folder_ / "large", large);
  const Nginx server({lab::serve_folder("/", folder_.path()) +
                          "location /up { client_max_body_size 0; client_body_buffer_size 64m; "
                          "proxy_pass http://127.0.0.1:1; error_page 502 =201 /large; }",
                      ca_.issue("server")});
  PocoClient client(trusting(ca_.certificate()));
  EXPECT_TRUE(client.get(server.url() + "/large").body == large);
  EXPECT_EQ(exchange(*client.transport, client.real.context(), Method::put, server.url() + "/up", {}, large).status,
            201);
}

TEST_F(Tls, refuses_a_server_of_an_unknown_authority_and_says_what_to_do) {
  const Nginx server({says_words, ca_.issue("server")});
  const auto error = PocoClient().failure(server.url() + "/?hush");
  EXPECT_EQ(error.code, Errc::forbidden) << error.message;
  EXPECT_THAT(error.message, HasSubstr("TLS with " + server.host()));
  EXPECT_THAT(error.message, HasSubstr("certificate verify failed: "));
  EXPECT_THAT(error.message, HasSubstr("`ca`"));
  EXPECT_THAT(error.message, testing::Not(HasSubstr("hush")));
}

TEST_F(Tls, says_for_good_that_a_server_of_plain_http_has_none) {
  const Nginx server({says_words});
  const auto error = PocoClient().failure("https://" + server.host() + "/");
  EXPECT_FALSE(error.transient()) << error.message;
  EXPECT_THAT(error.message, HasSubstr("--insecure"));
}

TEST_F(Tls, refuses_a_server_with_the_certificate_of_another_host) {
  const auto other = lab::make_self_signed(folder_.path(), "other.test");
  const Nginx server({says_words, other});
  PocoClient client(trusting(other.certificate));
  for (const auto& host : {std::string("127.0.0.1"), std::string("localhost")}) {
    const auto error = client.failure("https://" + host + server.host().substr(9) + "/");
    EXPECT_EQ(error.code, Errc::forbidden) << error.message;
    EXPECT_THAT(error.message, HasSubstr("mismatch"));
  }
}

TEST_F(Tls, refuses_a_certificate_that_has_expired) {
  const auto expired = ca_.issue("expired");
  let_expire(expired.certificate, folder_ / "authority.key");
  const Nginx server({says_words, expired});
  const auto error = PocoClient(trusting(ca_.certificate())).failure(server.url() + "/");
  EXPECT_EQ(error.code, Errc::forbidden) << error.message;
  EXPECT_THAT(error.message, HasSubstr("expired"));
}

TEST_F(Tls, trusts_anybody_where_verification_is_off) {
  const Nginx server({says_words, lab::make_self_signed(folder_.path(), "anybody")});
  TransportSettings settings;
  settings.tls.verify = false;
  EXPECT_EQ(PocoClient(settings).get(server.url() + "/").body, "words");
}

TEST_F(Tls, proves_who_we_are_by_a_client_certificate) {
  const Nginx server({"ssl_verify_client optional; ssl_client_certificate " + ca_.certificate().string() + ";" +
                          "location / { return 200 $ssl_client_s_dn; }",
                      ca_.issue("server")});
  auto settings = trusting(ca_.certificate());
  EXPECT_EQ(PocoClient(settings).get(server.url() + "/").body, "");
  const auto mine = ca_.issue("someone");
  settings.tls.client_cert = mine.certificate;
  settings.tls.client_key = mine.key;
  EXPECT_EQ(PocoClient(settings).get(server.url() + "/").body, "CN=someone");
}

TEST_F(Tls, resumes_sessions) {
  const Nginx server({"location / { return 200 $ssl_session_reused; }", ca_.issue("server")});
  auto settings = trusting(ca_.certificate());
  settings.keep_alive = std::chrono::milliseconds(0);  // a connection for each request
  PocoClient client(settings);
  EXPECT_EQ(client.get(server.url() + "/").body, ".");
  EXPECT_EQ(client.get(server.url() + "/").body, "r");
}

TEST_F(Tls, says_which_file_of_the_settings_is_of_no_use) {
  write_file(folder_ / "nonsense.pem", "nonsense");
  const auto mine = ca_.issue("mine"), yours = ca_.issue("yours");
  const std::pair<TlsSettings, const char*> cases[] = {
      {{.ca = folder_ / "absent.pem"}, "absent.pem"},
      {{.ca = folder_ / "nonsense.pem"}, "nonsense.pem"},
      {{.client_cert = folder_ / "nonsense.pem", .client_key = mine.key}, "nonsense.pem"},
      {{.client_cert = mine.certificate, .client_key = folder_ / "absent.key"}, "absent.key"},
      {{.client_cert = mine.certificate, .client_key = yours.key}, "yours.key"},
      {{.client_cert = mine.certificate}, "mine.pem"},
      {{.client_key = mine.key}, "client-cert"},
  };
  for (const auto& [tls, named] : cases) {
    const auto made = make_poco_transport({.tls = tls}, [](const std::string&) { return std::nullopt; });
    ASSERT_FALSE(made) << named;
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
    EXPECT_THAT(made.error().message, HasSubstr(named));
  }
}

TEST_F(Tls, does_not_take_a_server_without_tls_for_one) {
  const Nginx server({says_words});
  const auto error = PocoClient().failure("https://" + server.host() + "/");
  EXPECT_THAT(error.message, HasSubstr("TLS with " + server.host()));
}

}  // namespace
}  // namespace regtool
