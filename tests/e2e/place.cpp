#include "place.hpp"

#include "docker_registry.hpp"
#include "model_service.hpp"
#include "nginx.hpp"
#include "private_ca.hpp"
#include "tinyproxy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace lab;

class Plain : public Place {
 public:
  std::string host() const override { return registry_.host(); }
  void admit(User&) const override {}

 private:
  DockerRegistry registry_;
};

class Password : public Place {
 public:
  std::string host() const override { return registry_.host(); }
  void admit(User& user) const override {
    user.configure(fmt::format(
        R"({{"registries": {{"{}": {{"auth": {{"plugin": "basic", "user": "ada", "password": "secret"}}}}}}}})",
        host()));
  }

 private:
  DockerRegistry registry_{{.account = DockerRegistryOptions::Account{"ada", "secret"}}};
};

// As registry.ollama.ai is built: a signature for a token, blobs by redirect from another origin.
class SignedToken : public Place {
 public:
  std::string host() const override { return service_.host(); }
  void admit(User& user) const override {
    service_.register_key(user.make_key());
    user.configure(fmt::format(R"({{"registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})", service_.host()));
  }
  void expect_used() const override {
    EXPECT_GT(service_.tokens().issued(), 0U);
    EXPECT_EQ(service_.tokens().refused(), 0U);
    EXPECT_GT(service_.cdn().bytes_served("/blobs/"), 0U);
  }

 private:
  ModelService service_;
};

class PasswordToken : public Place {
 public:
  std::string host() const override { return service_.host(); }
  void admit(User& user) const override {
    user.configure(fmt::format(
        R"({{"registries": {{"{}": {{"auth": {{"plugin": "token", "user": "ada", "password": "secret"}}}}}}}})",
        host()));
  }
  void expect_used() const override { EXPECT_GT(service_.tokens().issued(), 0U); }

 private:
  ModelService service_{{.accounts = {{"ada", "secret"}}}};
};

class Tls : public Place {
 public:
  std::string host() const override { return registry_.host(); }
  std::vector<std::string> flags() const override { return {}; }
  void admit(User& user) const override {
    user.configure(fmt::format(R"({{"registries": {{"{}": {{"ca": "{}"}}}}}})", host(), ca_.certificate().string()));
  }

 private:
  TempDir folder_;
  PrivateCa ca_{folder_.path()};
  DockerRegistry registry_{{.tls = ca_.issue("registry")}};
};

class Proxied : public Plain {
 public:
  void admit(User& user) const override { user.set_environment("HTTP_PROXY", proxy_.url()); }
  void expect_used() const override { EXPECT_NE(proxy_.log().find(host()), std::string::npos) << proxy_.log(); }

 private:
  Tinyproxy proxy_;
};

// A tunnel: the proxy sees CONNECT and nothing else.
class Tunnelled : public Tls {
 public:
  void admit(User& user) const override {
    Tls::admit(user);
    user.set_environment("HTTPS_PROXY", "http://ada:secret@" + proxy_.host());
  }
  void expect_used() const override {
    EXPECT_NE(proxy_.log().find("CONNECT " + host()), std::string::npos) << proxy_.log();
  }

 private:
  Tinyproxy proxy_{"ada", "secret"};
};

template <class T>
PlaceKind kind(const std::string& name) {
  return {name, [] { return std::make_unique<T>(); }};
}

}  // namespace

std::vector<PlaceKind> every_kind_of_place() {
  return {kind<Plain>("plain"),
          kind<Password>("password"),
          kind<SignedToken>("token_by_signature"),
          kind<PasswordToken>("token_by_password"),
          kind<Tls>("private_certificate"),
          kind<Proxied>("proxy"),
          kind<Tunnelled>("tunnel")};
}

}  // namespace regtool
