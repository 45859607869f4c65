#include "host/load_settings.hpp"
#include "host/plugin_path.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

// A user with a home of their own, in which nothing is but what the test puts there.
class SettingsTest : public testing::Test {
 protected:
  SettingsTest() { variables_["HOME"] = folder_.path().string(); }

  Environment environment() const {
    return [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  void config(std::string_view text) { request_.file = folder_.write("c.json", text); }
  void set(std::string assignment) { request_.assignments.push_back({std::move(assignment), "--set"}); }

  Settings load() const {
    auto settings = load_settings(environment(), request_);
    EXPECT_TRUE(settings) << settings.error().message;
    return settings.value_or(Settings());
  }

  // The problem's text, with the config file's path shortened to its name.
  std::string problem() const {
    const auto settings = load_settings(environment(), request_);
    if (settings) return "none";
    EXPECT_EQ(settings.error().code, Errc::invalid_argument);
    return shortened(settings.error().message);
  }

  std::string shortened(std::string text) const {
    const auto prefix = (folder_.path() / "").string();
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }

  TempDir folder_;
  std::map<std::string, std::string, std::less<>> variables_;
  ConfigRequest request_;
};

using Defaults = SettingsTest;

TEST_F(Defaults, behave_like_ollamas_own_client) {
  const auto settings = load();
  EXPECT_THAT(settings.store.plugin, AnyOf("filesystem", "sparse-windows")) << "as the platform is";
  EXPECT_THAT(settings.store.options, IsEmpty());
  EXPECT_EQ(settings.transport.plugin, "poco");
  EXPECT_EQ(settings.verify.plugin, "openssl");
  ASSERT_EQ(settings.migrations.size(), 1u);
  EXPECT_EQ(settings.migrations[0].plugin, "legacy-names");
  EXPECT_EQ(settings.registry("registry.ollama.ai").auth.plugin, "ssh-key");
  EXPECT_EQ(settings.registry("hf.co").auth.plugin, "ssh-key");
  EXPECT_THAT(settings.registry("hf.co").trusted_realms(), ElementsAre("https://huggingface.co"));
  EXPECT_EQ(settings.registry("elsewhere.example").auth.plugin, "token");
  EXPECT_FALSE(settings.registry("elsewhere.example").insecure());
  EXPECT_EQ(settings.store.origin.text(), "default");
  EXPECT_EQ(settings.plugin_path.size(), 1u);
}

TEST_F(Defaults, of_transfers_are_those_of_the_struct) {
  const auto transfer = load().transfer;
  const TransferSettings expected;
  EXPECT_EQ(transfer.connections, expected.connections);
  EXPECT_EQ(transfer.checks, expected.checks);
  EXPECT_EQ(transfer.uploads, expected.uploads);
  EXPECT_EQ(transfer.tries, expected.tries);
  EXPECT_EQ(transfer.backoff_min, expected.backoff_min);
  EXPECT_EQ(transfer.backoff_max, expected.backoff_max);
  EXPECT_EQ(transfer.patience, expected.patience);
  EXPECT_EQ(transfer.redirects, expected.redirects);
  EXPECT_EQ(transfer.prune, expected.prune);
}

using ConfigLocation = SettingsTest;

TEST_F(ConfigLocation, asked_for_comes_before_all_others) {
  variables_["REGTOOL_CONFIG"] = folder_.write("by-variable.json", "{}").string();
  folder_.write(".config/regtool/config.json", "{}");
  request_.file = folder_.write("asked-for.json", "{}");
  EXPECT_EQ(find_config_file(environment(), request_), folder_.path() / "asked-for.json");
  request_.file.reset();
  EXPECT_EQ(find_config_file(environment(), request_), folder_.path() / "by-variable.json");
  variables_.erase("REGTOOL_CONFIG");
  EXPECT_EQ(find_config_file(environment(), request_), folder_.path() / ".config/regtool/config.json");
  variables_["XDG_CONFIG_HOME"] = (folder_.path() / "xdg").string();
  folder_.write("xdg/regtool/config.json", "{}");
  EXPECT_EQ(find_config_file(environment(), request_), folder_.path() / "xdg/regtool/config.json");
}

TEST_F(ConfigLocation, file_that_was_named_must_exist) {
  variables_["REGTOOL_CONFIG"] = (folder_.path() / "missing.json").string();
  EXPECT_EQ(problem(), "config file missing.json: there is no such file");
}

using Layers = SettingsTest;

TEST_F(Layers, later_ones_win_and_say_so) {
  const auto tries = [this] {
    const auto settings = load();
    const auto& given = settings.given.at("transfer");
    const auto found = given.find("tries");
    return std::to_string(settings.transfer.tries) + " " +
           (found == given.end() ? "default" : shortened(found->second.origin.text()));
  };
  EXPECT_EQ(tries(), "6 default");
  config("{\n  \"transfer\": {\"tries\": 3}}");
  EXPECT_EQ(tries(), "3 c.json:2:25");
  set("transfer.tries=4");
  EXPECT_EQ(tries(), "4 --set");
  set("transfer.tries=5");
  EXPECT_EQ(tries(), "5 --set");
  request_.assignments.push_back({"transfer.tries=7", "--tries"});
  EXPECT_EQ(tries(), "7 --tries");
}

TEST_F(Layers, swapping_the_store_is_one_line) {
  config(R"({"store": {"plugin": "s3", "bucket": "models"}})");
  const auto store = load().store;
  EXPECT_EQ(store.plugin, "s3");
  EXPECT_EQ(store.options.at("bucket").value, "models");
}

TEST_F(Layers, another_plugin_does_not_get_the_options_of_the_first) {
  config(R"({"store": {"plugin": "filesystem", "root": "/a"}})");
  set("store.plugin=s3");
  set("store.bucket=models");
  const auto store = load().store;
  EXPECT_EQ(store.plugin, "s3");
  EXPECT_EQ(store.options.size(), 1u);
}

TEST_F(Layers, have_named_stores_beside_the_usual_one) {
  config(R"({"stores": {"nas": {"plugin": "filesystem", "root": "/mnt/nas"}, "usb": {"plugin": "oci-layout"}}})");
  set("stores.usb.root=/mnt/usb");
  set("stores.new.plugin=s3");
  const auto settings = load();
  EXPECT_EQ(settings.find_store("nas").value()->options.at("root").value, "/mnt/nas");
  EXPECT_EQ(settings.find_store("usb").value()->plugin, "oci-layout");
  EXPECT_EQ(settings.find_store("usb").value()->options.at("root").value, "/mnt/usb");
  EXPECT_EQ(settings.find_store("new").value()->plugin, "s3");
  EXPECT_EQ(settings.find_store("").value(), &settings.store);
}

TEST_F(Layers, put_a_named_store_in_the_place_of_the_usual_one) {
  variables_["OLLAMA_MODELS"] = "/srv/models";
  config(R"({"store": {"plugin": "filesystem"}, "stores": {"nas": {"plugin": "filesystem", "root": "/mnt/nas"}}})");
  request_.store = "nas";
  EXPECT_EQ(load().store.options.at("root").value, "/mnt/nas");
  EXPECT_EQ(load().store.where, "store");
  request_.store = "nsa";
  EXPECT_EQ(problem(), "--store: no store \"nsa\" under \"stores\" in the config; did you mean \"nas\"?");
}

TEST_F(Layers, ollama_models_is_the_root_of_stores_like_ollamas) {
  variables_["OLLAMA_MODELS"] = "/srv/models";
  EXPECT_EQ(load().store.options.at("root").value, "/srv/models");
  EXPECT_EQ(load().store.options.at("root").origin.text(), "$OLLAMA_MODELS");
  EXPECT_EQ(load().store.origin.text(), "default");

  config(R"({"store": {"root": "/from/file"}})");
  EXPECT_EQ(load().store.options.at("root").value, "/srv/models");

  config(R"({"store": {"plugin": "s3", "bucket": "b"}})");
  EXPECT_FALSE(load().store.options.contains("root"));

  set("store.plugin=filesystem");
  EXPECT_EQ(load().store.options.at("root").value, "/srv/models");

  set("store.root=/from/command-line");
  EXPECT_EQ(load().store.options.at("root").value, "/from/command-line");
}

TEST_F(Layers, ollama_noprune_keeps_old_blobs) {
  const struct {
    const char* value;
    bool prune;
  } table[] = {{"1", false}, {"true", false}, {"yes", false}, {"0", true}, {"false", true}, {"F", true}};
  for (const auto& row : table) {
    variables_["OLLAMA_NOPRUNE"] = row.value;
    EXPECT_EQ(load().transfer.prune, row.prune) << row.value;
  }
}

TEST_F(Layers, plugin_path_from_variable_and_file) {
  config(R"({"plugin-path": ["plugins", "/opt/plugins", "~/mine"]})");
  EXPECT_THAT(load().plugin_path,
              ElementsAre(folder_.path() / "plugins", folder_.path() / "/opt/plugins", expand_home("~/mine")));
  variables_["REGTOOL_PLUGIN_PATH"] = std::string("/a") + path_list_separator + "/b";
  EXPECT_THAT(load().plugin_path, ElementsAre("/a", "/b"));
}

TEST_F(Layers, insecure_flag_is_for_every_registry) {
  config(R"({"registries": {"registry.corp": {"insecure": false}}})");
  EXPECT_FALSE(load().registry("registry.corp").insecure());
  request_.insecure = true;
  for (const char* host : {"registry.corp", "registry.ollama.ai", "elsewhere"})
    EXPECT_TRUE(load().registry(host).insecure()) << host;
}

TEST_F(Layers, tls_no_verify_flag_is_for_every_registry) {
  request_.tls_no_verify = true;
  EXPECT_EQ(load().registry("hf.co").config.text("tls-verify"), "false");
  EXPECT_EQ(load().registry("hf.co").values.at("tls-verify").origin.text(), "--tls-no-verify");
}

using Assignments = SettingsTest;

TEST_F(Assignments, need_no_quotes_for_the_host_of_a_registry) {
  for (const std::string key : {"registries.registry.corp:5000", "registries.\"registry.corp:5000\""}) {
    request_.assignments.clear();
    set(key + ".path-prefix=proxy");
    set(key + ".auth.plugin=basic");
    set(key + ".auth.user=me");
    const auto settings = load();
    const auto& registry = settings.registry("registry.corp:5000");
    EXPECT_EQ(registry.host, "registry.corp:5000");
    EXPECT_EQ(registry.path_prefix(), "proxy");
    EXPECT_EQ(registry.auth.plugin, "basic");
    EXPECT_EQ(registry.auth.options.at("user").value, "me");
  }
}

TEST_F(Assignments, take_lists_with_commas_and_json) {
  set("registries.a.example.mirrors=http://one:5000,https://two");
  set(R"(registries.b.example={"auth": {"plugin": "basic"}, "mirrors": ["https://three"]})");
  set(R"(migrations=[])");
  const auto settings = load();
  EXPECT_THAT(settings.registry("a.example").mirrors(), ElementsAre("http://one:5000", "https://two"));
  EXPECT_THAT(settings.registry("b.example").mirrors(), ElementsAre("https://three"));
  EXPECT_THAT(settings.migrations, IsEmpty());
}

TEST_F(Assignments, value_may_have_an_equals_sign_or_be_empty) {
  set("store.secret=a=b");
  set("store.region=");
  const auto store = load().store;
  EXPECT_EQ(store.options.at("secret").value, "a=b");
  EXPECT_EQ(store.options.at("region").value, "");
}

TEST_F(Assignments, refuse_what_is_no_assignment) {
  for (const char* text : {"store.root", "=x", "store..root=x", ".root=x", "\"store.root=x", "two\nlines"}) {
    request_.assignments.clear();
    set(text);
    EXPECT_THAT(problem(), StartsWith("--set: ")) << text;
    EXPECT_THAT(problem(), HasSubstr("is not KEY=VALUE")) << text;
    EXPECT_THAT(problem(), testing::Not(HasSubstr("\n"))) << text;
  }
}

using Registries = SettingsTest;

TEST_F(Registries, are_found_by_host_and_port_then_host_then_star) {
  config(R"({"registries": {"a.example": {}, "A.example:5000": {}, "[::1]:5000": {}, "[::1]": {}}})");
  const auto settings = load();
  const auto entry = [&](std::string_view host) { return settings.registry(host).host; };
  EXPECT_EQ(entry("a.example:5000"), "a.example:5000");
  EXPECT_EQ(entry("a.example:5001"), "a.example");
  EXPECT_EQ(entry("A.EXAMPLE"), "a.example");
  EXPECT_EQ(entry("b.example"), "*");
  EXPECT_EQ(entry("[::1]:5000"), "[::1]:5000");
  EXPECT_EQ(entry("[::1]:5001"), "[::1]");
  EXPECT_EQ(entry("[::1]"), "[::1]");
}

TEST_F(Registries, take_from_star_what_they_leave_out) {
  config(R"({"registries": {
    "*": {"auth": {"plugin": "basic", "user": "me"}, "ca": "/corp.pem", "mirrors": ["http://cache:5000"]},
    "a.example": {"path-prefix": "p"},
    "b.example": {"auth": {"plugin": "token"}, "ca": "/other.pem", "mirrors": []}}})");
  const auto settings = load();
  const auto& a = settings.registry("a.example");
  EXPECT_EQ(a.auth.options.at("user").value, "me");
  EXPECT_EQ(a.values.at("ca").value, "/corp.pem");
  EXPECT_THAT(a.mirrors(), ElementsAre("http://cache:5000"));
  const auto& b = settings.registry("b.example");
  EXPECT_THAT(b.auth.options, IsEmpty());
  EXPECT_EQ(b.values.at("ca").value, "/other.pem");
  EXPECT_THAT(b.mirrors(), IsEmpty());
  EXPECT_EQ(settings.registry("registry.ollama.ai").auth.plugin, "ssh-key");
}

TEST_F(Registries, are_entered_without_regard_to_case) {
  config(R"({"registries": {"HF.co": {"insecure": true}}})");
  EXPECT_TRUE(load().registry("hf.co").insecure());
  EXPECT_EQ(load().registry("hf.co").auth.plugin, "ssh-key");
}

TEST_F(Registries, urls_become_origins_and_the_prefix_loses_its_slashes) {
  config(R"({"registries": {"a": {"mirrors": ["HTTP://Cache.lan:80/"], "path-prefix": "/x/y/"}}})");
  EXPECT_THAT(load().registry("a").mirrors(), ElementsAre("http://cache.lan"));
  EXPECT_EQ(load().registry("a").path_prefix(), "x/y");
}

TEST_F(SettingsTest, relative_paths_are_relative_to_the_file_that_has_them) {
  config(R"({"registries": {"*": {"ca": "corp.pem"}, "a": {"ca": "~/b.pem"}}})");
  EXPECT_EQ(load().registry("*").values.at("ca").value, (folder_.path() / "corp.pem").string());
  EXPECT_EQ(load().registry("a").values.at("ca").value, "~/b.pem");
  set("registries.a.ca=c.pem");
  EXPECT_EQ(load().registry("a").values.at("ca").value, "c.pem") << "of the command line: to the current folder";
}

TEST_F(SettingsTest, problems_name_the_position_and_what_was_expected) {
  const struct {
    const char *text, *message;
  } table[] = {
      {R"({"stoer": {}})", "c.json:1:2: unknown key \"stoer\"; did you mean \"store\"?"},
      {R"({"transfer": {"retries": 3}})", "c.json:1:15: unknown option \"retries\"; did you mean \"tries\"?"},
      {R"({"transfer": {"tries": "x"}})", "c.json:1:24: tries: \"x\" is not a whole number"},
      {R"({"transfer": {"tries": 0}})", "c.json:1:24: tries must be from 1 to 1000"},
      {R"({"transfer": {"tries": [1]}})", "c.json:1:24: tries is no list"},
      {R"({"transfer": {"tries": {}}})", "c.json:1:24: \"tries\" is a value, not an object"},
      {R"({"transfer": 5})", "c.json:1:14: \"transfer\" must be an object: {...}"},
      {R"({"transfer": {"patience": "45"}})",
       "c.json:1:27: patience: \"45\" is not a duration of at most a year, such as 250ms, 20s, 5m, 1h or 7d"},
      {R"({"transfer": {"backoff-max": "1ms"}})", "c.json:1:30: backoff-max must not be less than backoff-min"},
      {R"({"transport": {"connections": 5000}})", "c.json:1:31: connections must be from 1 to 1000"},
      {R"({"transport": "poco"})", "c.json:1:15: \"transport\" must be an object: {...}"},
      {R"({"store": {"plugin": ""}})", "c.json:1:22: store names no plugin"},
      {R"({"stores": {"nas": {"root": "/"}}})", "c.json:1:20: stores.nas names no plugin"},
      {R"({"stores": []})", "c.json:1:12: \"stores\" must be an object: {...}"},
      {R"({"stores": {"a b": {}}})", "c.json:1:13: \"a b\" is no name for a store: letters, digits, '-' and '_'"},
      {R"({"migrations": {"plugin": "x"}})", "c.json:1:16: \"migrations\" must be a list: [{\"plugin\": ...}]"},
      {R"({"migrations": [{"plugin": "x"}, {}]})", "c.json:1:34: migrations[1] names no plugin"},
      {R"({"registries": {"http://a": {}}})", "c.json:1:17: \"http://a\" is not a host, host:port or \"*\""},
      {R"({"registries": {"a": {"mirror": []}}})", "c.json:1:23: unknown option \"mirror\"; did you mean \"mirrors\"?"},
      {R"({"registries": {"a": {"mirrors": ["cache"]}}})",
       "c.json:1:34: mirrors: URL \"cache\": only http:// and https:// are supported"},
      {R"({"registries": {"a": {"mirrors": ["http://c/v2"]}}})",
       "c.json:1:34: mirrors: URL \"http://c/v2\": no path may follow"},
      {R"({"registries": {"a": {"mirrors": ["http://a,b"]}}})", "c.json:1:35: an item of a list cannot have a comma"},
      {R"({"registries": {"a": {"path-prefix": "../x"}}})",
       "c.json:1:38: path-prefix: \"../x\" is not the beginning of a repository's name"},
      {R"({"registries": {"a": {"insecure": 1}}})", "c.json:1:35: insecure: \"1\" is not true or false"},
      {R"({"registries": {"a": {"auth": "basic"}}})", "c.json:1:31: \"auth\" must be an object: {...}"},
  };
  for (const auto& row : table) {
    config(row.text);
    EXPECT_EQ(problem(), row.message) << row.text;
  }
}

TEST_F(SettingsTest, problems_of_the_command_line_name_the_flag) {
  set("transfer.tries=x");
  EXPECT_EQ(problem(), "--set: tries: \"x\" is not a whole number");
}

TEST_F(SettingsTest, all_problems_are_told_each_once) {
  config(R"({"stoer": {}, "transfer": {"tries": 0}, "registries": {"*": {"insecure": 7}, "a": {}, "b": {}}})");
  const auto loaded = load_all_settings(environment(), request_);
  ASSERT_TRUE(loaded);
  std::vector<std::string> messages;
  for (const auto& error : loaded->problems) messages.push_back(error.message);
  EXPECT_THAT(messages, ElementsAre(HasSubstr("stoer"), HasSubstr("insecure"), HasSubstr("tries")));
}

using LimitRate = SettingsTest;

TEST_F(LimitRate, is_one_rate_or_rates_by_the_hour) {
  EXPECT_FALSE(load().transfer.limit_rate.limits());
  config(R"({"transfer": {"limit-rate": "2MB"}})");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{2 << 20, {}}));
  config(R"({"transfer": {"limit-rate": 1000}})");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{1000, {}}));
  config(R"({"transfer": {"limit-rate": {"default": "2MB", "22:00-06:00": "unlimited", "12:00-13:00": "500kB"}}})");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{2 << 20, {{22h, 6h, 0}, {12h, 13h, 500 << 10}}}));
  config(R"({"transfer": {"limit-rate": {"08:00-18:00": "1M"}}})");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{0, {{8h, 18h, 1 << 20}}}));
}

TEST_F(LimitRate, of_the_command_line_replaces_the_hours_or_is_merged_with_them) {
  config(R"({"transfer": {"limit-rate": {"default": "2MB", "22:00-06:00": "unlimited"}}})");
  set("transfer.limit-rate=1M");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{1 << 20, {}}));
  set("transfer.limit-rate={\"22:00-06:00\": \"1K\"}");
  EXPECT_EQ(load().transfer.limit_rate, (RateSchedule{2 << 20, {{22h, 6h, 1024}}}));
}

TEST_F(LimitRate, that_cannot_be_is_told_with_its_position) {
  config("{\"transfer\": {\"limit-rate\": \"fast\"}}");
  EXPECT_EQ(problem(), "c.json:1:29: limit-rate: \"fast\" is not a rate such as 500K, 2MB, 1.5M/s or unlimited");
  config("{\"transfer\": {\"limit-rate\": {\n\"25:00-06:00\": \"1M\"}}}");
  EXPECT_EQ(problem(),
            "c.json:2:1: limit-rate: \"25:00-06:00\" is not a span of hours such as 22:00-06:00 or 12:00-13:30, nor "
            "\"default\"");
  config("{\"transfer\": {\"limit-rate\": {\n\"22:00-06:00\": \"fast\"}}}");
  EXPECT_EQ(problem(), "c.json:2:16: limit-rate: \"fast\" is not a rate such as 500K, 2MB, 1.5M/s or unlimited");
  config("{\"transfer\": {\"limit-rate\": {\"22:00-06:00\": \"1M\",\n\"05:00-07:00\": \"2M\"}}}");
  EXPECT_EQ(problem(), "c.json:2:1: limit-rate: 05:00-07:00 overlaps with 22:00-06:00");
  config("{\"transfer\": {\"limit-rate\": {\"default\": {}}}}");
  EXPECT_THAT(problem(), HasSubstr("\"default\" is a value, not an object"));
}

}  // namespace
}  // namespace regtool
