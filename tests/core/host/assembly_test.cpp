#include "host/assembly.hpp"

#include "fake_context.hpp"
#include "host/config_file.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view echo_config = R"({
  "plugin-path": [")" TEST_PLUGIN_DIR R"("],
  "store": {"plugin": "echo", "root": "/srv/models"},
  "transport": {"plugin": "echo", "timeout": "5s"},
  "verify": {"plugin": "echo"}, "archive": {"plugin": "echo"},
  "migrations": [{"plugin": "echo"}],
  "registries": {
    "*": {"auth": {"plugin": "echo", "user": "anybody"}},
    "a.example": {"ca": "/corp.pem", "auth": {"plugin": "echo", "user": "me"},
                  "mirrors": ["http://cache:5000"], "trusted-realms": ["https://tokens"], "path-prefix": "proxy"},
    "b.example": {"ca": "/corp.pem"},
    "plain.example": {"insecure": true}},
  "stores": {"nas": {"plugin": "echo", "root": "/mnt/nas"}}})";

Settings settings_of(std::string_view text) {
  std::vector<Error> problems;
  auto settings = read_settings(parse_config(text, {"c.json"}).value(), problems);
  for (const auto& problem : problems) ADD_FAILURE() << problem.message;
  return settings;
}

class AssemblyTest : public testing::Test {
 protected:
  // The echo config with one part of its text changed.
  Assembly assembly(std::string_view from = "", std::string_view to = "") {
    std::string text(echo_config);
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    return Assembly(settings_of(text));
  }

  Result<RegistryAccess> access(Assembly& assembly, std::string_view name) {
    return assembly.registry(fake_.context(), Reference::parse(name).value());
  }

  // What the transport says that it was made with.
  std::string told(Transport& transport) { return transport.send(fake_.context(), {}).error().message; }

  FakeContext fake_;
};

TEST_F(AssemblyTest, makes_each_object_from_its_options_once) {
  auto all = assembly();
  auto* storage = all.storage(fake_.context()).value();
  EXPECT_EQ(storage->root, "/srv/models");
  EXPECT_EQ(all.storage(fake_.context()).value(), storage);
  auto* verifier = all.verifier(fake_.context()).value();
  EXPECT_EQ(all.verifier(fake_.context()).value(), verifier);
  auto* archive = all.archive(fake_.context()).value();
  EXPECT_EQ(all.archive(fake_.context()).value(), archive);
  const auto migrations = all.migrations(fake_.context()).value();
  ASSERT_EQ(migrations.size(), 1u);
  EXPECT_EQ(all.migrations(fake_.context()).value()[0], migrations[0]);
}

TEST_F(AssemblyTest, brings_a_store_up_to_date_before_it_is_used) {
  const TempDir root;
  root.write("old", "bytes");
  auto all = assembly("/srv/models", root.path().string());
  ASSERT_TRUE(all.storage(fake_.context()));
  EXPECT_TRUE(std::filesystem::exists(root.path() / "old")) << "as it is, for a dry run";
  const auto storage = all.migrated_storage(fake_.context());
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_FALSE(std::filesystem::exists(root.path() / "old"));
  EXPECT_TRUE(std::filesystem::exists(root.path() / "new"));
}

TEST_F(AssemblyTest, makes_a_named_store_once_and_apart_from_the_usual_one) {
  auto all = assembly();
  auto* nas = all.storage(fake_.context(), "nas").value();
  EXPECT_EQ(nas->root, "/mnt/nas");
  EXPECT_EQ(all.storage(fake_.context(), "nas").value(), nas);
  EXPECT_NE(all.storage(fake_.context()).value(), nas);
  EXPECT_EQ(all.storage(fake_.context(), "nsa").error().code, Errc::invalid_argument);
}

TEST_F(AssemblyTest, brings_a_named_store_up_to_date_before_it_is_used) {
  const TempDir root;
  root.write("old", "bytes");
  auto all = assembly("/mnt/nas", root.path().string());
  ASSERT_TRUE(all.migrated_storage(fake_.context(), "nas"));
  EXPECT_TRUE(std::filesystem::exists(root.path() / "new"));
}

TEST_F(AssemblyTest, lends_a_store_the_verifier_of_the_config) {
  auto all = assembly(R"("echo", "root": "/srv/models")", R"("distant", "option": "verifier")");
  EXPECT_THAT(all.storage(fake_.context()).error().message, HasSubstr("lent: a verifier"));
}

TEST_F(AssemblyTest, gives_the_engine_what_the_entry_of_the_registry_says) {
  auto all = assembly();
  const auto a = access(all, "a.example:8443/ns/model").value();
  EXPECT_EQ(a.origin, "https://a.example:8443");
  EXPECT_EQ(a.path_prefix, "proxy");
  EXPECT_FALSE(a.plain_http_allowed);
  EXPECT_THAT(a.mirrors, ElementsAre("http://cache:5000"));
  EXPECT_THAT(a.trusted_realms, ElementsAre("https://tokens"));
  EXPECT_EQ(a.authenticator->identity(fake_.context())->public_key, "me");
  EXPECT_EQ(told(*a.transport), "ca=/corp.pem tls-verify=true timeout=5s connections=1");

  const auto other = access(all, "elsewhere.example/ns/model").value();
  EXPECT_THAT(other.mirrors, IsEmpty());
  EXPECT_EQ(other.authenticator->identity(fake_.context())->public_key, "anybody");
  EXPECT_EQ(told(*other.transport), "ca= tls-verify=true timeout=5s connections=1");
}

TEST_F(AssemblyTest, shares_a_transport_among_registries_with_the_same_options) {
  auto all = assembly();
  const auto* a = access(all, "a.example/ns/model")->transport;
  EXPECT_EQ(access(all, "b.example/ns/model")->transport, a);
  EXPECT_NE(access(all, "c.example/ns/model")->transport, a);
}

TEST_F(AssemblyTest, lends_a_store_the_transport_of_the_config_with_what_the_store_wants_of_it) {
  auto all = assembly(R"("echo", "root": "/srv/models")", R"("distant", "option": "ca", "value": "/s3.pem")");
  EXPECT_THAT(all.storage(fake_.context()).error().message, HasSubstr("ca=/s3.pem tls-verify=true timeout=5s"));
}

TEST_F(AssemblyTest, refuses_a_store_what_the_transport_does_not_have) {
  auto all = assembly(R"("echo", "root": "/srv/models")", R"("distant", "option": "pigeons", "value": "3")");
  const auto storage = all.storage(fake_.context());
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code, Errc::invalid_argument);
  EXPECT_THAT(storage.error().message, HasSubstr("transport plugin \"echo\" has no option \"pigeons\""));
}

TEST_F(AssemblyTest, tells_a_transport_that_asks_how_many_connections_there_will_be) {
  auto all = assembly("\"timeout\"", "\"connections\": 7, \"timeout\"");
  EXPECT_THAT(told(*access(all, "c.example/n/m")->transport), HasSubstr("connections=7"));
  EXPECT_EQ(all.settings().transfer.connections, 7u);
}

TEST_F(AssemblyTest, has_one_authenticator_for_each_entry) {
  auto all = assembly();
  EXPECT_EQ(access(all, "a.example/n/m")->authenticator, access(all, "a.example:8443/n/m")->authenticator);
  EXPECT_EQ(access(all, "x.example/n/m")->authenticator, access(all, "y.example/n/m")->authenticator);
  EXPECT_NE(access(all, "a.example/n/m")->authenticator, access(all, "b.example/n/m")->authenticator);
}

TEST_F(AssemblyTest, speaks_plain_http_only_where_that_is_allowed) {
  auto all = assembly();
  const auto plain = access(all, "plain.example/n/m").value();
  EXPECT_EQ(plain.origin, "http://plain.example");
  EXPECT_TRUE(plain.plain_http_allowed);
  EXPECT_EQ(access(all, "http://plain.example/n/m")->origin, "http://plain.example");

  for (const char* name : {"http://a.example/n/m", "http://localhost:5000/n/m", "http://127.0.0.1/n/m"}) {
    const auto refused = access(all, name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_THAT(refused.error().message, HasSubstr("is plain HTTP: allow it with --insecure")) << name;
  }
}

TEST_F(AssemblyTest, missing_plugin_is_refused_where_the_config_names_it) {
  auto all = assembly(R"({"plugin": "echo", "root": "/srv/models"})", R"({"plugin": "ecko"})");
  EXPECT_THAT(all.storage(fake_.context()).error().message,
              StartsWith("c.json:3:23: no plugin \"store-ecko\" (libregtool_store-ecko.so) in "));
}

TEST_F(AssemblyTest, only_what_is_asked_for_is_loaded) {
  auto all = assembly(R"("transport": {"plugin": "echo", "timeout": "5s"})", R"("transport": {"plugin": "nothing"})");
  EXPECT_TRUE(all.storage(fake_.context()));
  EXPECT_TRUE(all.authenticator(fake_.context(), "a.example"));
  EXPECT_FALSE(access(all, "a.example/n/m"));
}

TEST_F(AssemblyTest, plugins_options_are_checked_against_its_table) {
  const struct {
    const char *from, *to, *message;
  } table[] = {
      {"\"timeout\"", "\"timeuot\"", "c.json:4:35: unknown option \"timeuot\"; did you mean \"timeout\"?"},
      {"\"5s\"", "\"soon\"", "c.json:4:46: timeout: \"soon\" is not a duration"},
      {"\"5s\"", "[1]", "c.json:4:46: timeout is no list"},
  };
  for (const auto& row : table) {
    auto all = assembly(row.from, row.to);
    EXPECT_THAT(access(all, "c.example/n/m").error().message, StartsWith(row.message));
  }
}

TEST_F(AssemblyTest, option_of_a_registry_that_its_transport_lacks_is_refused) {
  auto all = assembly(R"("ca": "/corp.pem", "auth")", R"("client-key": "/key.pem", "auth")");
  EXPECT_EQ(access(all, "a.example/n/m").error().message,
            "c.json:9:19: transport plugin \"echo\" has no option \"client-key\"");
}

TEST_F(AssemblyTest, failure_of_a_plugin_names_it_and_can_be_tried_again) {
  auto all = assembly("\"me\"", "\"nobody\"");
  for (int i = 0; i < 2; ++i) {
    const auto refused = all.authenticator(fake_.context(), "a.example");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unauthenticated);
    EXPECT_EQ(refused.error().message, "auth-echo: nobody is not welcome");
  }
}

}  // namespace
}  // namespace regtool
