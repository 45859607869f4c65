#include "host/settings_report.hpp"

#include "host/config_file.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SettingsReport : public testing::Test {
 protected:
  Settings settings(std::string_view registries) {
    const auto text = R"({"store": {"plugin": "echo", "root": "models"}, "transport": {"plugin": "echo"},
      "stores": {"nas": {"plugin": "echo", "root": "/nas"}}, "archive": {"plugin": "echo"}, "verify": {"plugin": "echo"}, "migrations": [{"plugin": "echo"}], "registries": )" +
                      std::string(registries) + "}";
    std::vector<Error> problems;
    auto read = read_settings(parse_config(text, {"c.json", 0, 0, "/etc/regtool"}).value(), problems);
    for (const auto& problem : problems) ADD_FAILURE() << problem.message;
    return read;
  }

  std::map<std::string, std::string> shown(std::string_view registries) {
    std::map<std::string, std::string> by_key;
    for (const auto& row : setting_rows(settings(registries), plugins_))
      EXPECT_TRUE(by_key.emplace(row.key, row.value + " <- " + row.origin).second) << row.key << " is there twice";
    return by_key;
  }

  std::vector<std::string> problems(std::string_view registries) {
    std::vector<std::string> messages;
    for (const auto& error : check_plugin_settings(settings(registries), plugins_)) messages.push_back(error.message);
    return messages;
  }

  PluginHost plugins_{{TEST_PLUGIN_DIR}};
};

TEST_F(SettingsReport, shows_what_is_in_force_and_where_it_came_from) {
  auto rows = shown(R"({"*": {"auth": {"plugin": "echo"}, "ca": "corp.pem"}})");
  EXPECT_EQ(rows["store.plugin"], "echo <- c.json:1:22");
  EXPECT_EQ(rows["store.root"], "/etc/regtool/models <- c.json:1:38");
  EXPECT_THAT(rows["stores.nas.root"], StartsWith("/nas <- c.json:2:"));
  EXPECT_EQ(rows["transport.connections"], "16 <- default");
  EXPECT_EQ(rows["transport.timeout"], "20s <- default");
  EXPECT_EQ(rows["transfer.tries"], "6 <- default");
  EXPECT_EQ(rows["migrations[0].plugin"], "echo <- c.json:2:149");
  EXPECT_THAT(rows["registries.\"*\".ca"], StartsWith("/etc/regtool/corp.pem <- c.json:2:"));
  EXPECT_EQ(rows["registries.\"*\".auth.key"], "~/.ollama/id_ed25519 <- default");
}

TEST_F(SettingsReport, never_shows_a_secret) {
  auto rows = shown(R"({"*": {"auth": {"plugin": "echo", "password": "hunter2"}},
                        "a": {"auth": {"plugin": "missing", "password": "hunter2"}}})");
  EXPECT_THAT(rows["registries.\"*\".auth.password"], StartsWith("(set) <- c.json"));
  EXPECT_THAT(rows["registries.\"a\".auth.password"], StartsWith("(unknown: the plugin cannot be loaded)"));
  for (const auto& [key, row] : rows) EXPECT_THAT(row, Not(HasSubstr("hunter2"))) << key;
}

TEST_F(SettingsReport, check_tells_every_problem_of_plugins_once) {
  EXPECT_THAT(problems(R"({"*": {"auth": {"plugin": "echo"}}, "a": {"ca": "/x"}})"), ElementsAre());
  EXPECT_THAT(problems(R"({"*": {"auth": {"plugin": "echo", "usr": "me"}, "client-key": "/k"}, "a": {},
                           "b": {"auth": {"plugin": "missing"}}})"),
              ElementsAre(HasSubstr("unknown option \"usr\"; did you mean \"user\"?"),
                          HasSubstr("has no option \"client-key\""), HasSubstr("no plugin \"auth-missing\"")));
}

TEST_F(SettingsReport, check_looks_at_the_named_stores) {
  auto settings = this->settings(R"({"*": {"auth": {"plugin": "echo"}}})");
  settings.stores[0].choice.options["rot"] = {"/", {"c.json"}, {"c.json"}};
  const auto problems = check_plugin_settings(settings, plugins_);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].message, "c.json: unknown option \"rot\"; did you mean \"root\"?");
}

TEST_F(SettingsReport, options_page_has_core_and_the_plugins_that_can_be_used) {
  const auto page = options_page(plugins_.list());
  EXPECT_THAT(page, HasSubstr("### `transfer`\n"));
  EXPECT_THAT(page, HasSubstr("| `tries` | integer | `6` | How often a request is tried without any progress. |\n"));
  EXPECT_THAT(page, HasSubstr("## Plugins for `registries.HOST.auth`\n\n### `echo`\n"));
  EXPECT_THAT(page, HasSubstr("| `password` | secret |  | What only we know. |\n"));
  EXPECT_THAT(page, HasSubstr("## Plugins for `verify`\n\n### `echo`\n\nNo options.\n"));
  EXPECT_THAT(page, Not(HasSubstr("other-abi")));
  EXPECT_THAT(page, Not(HasSubstr(TEST_PLUGIN_DIR)));
}

}  // namespace
}  // namespace regtool
