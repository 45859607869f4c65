#include "host/plugin_host.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <set>

namespace regtool {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::filesystem::path plugins = TEST_PLUGIN_DIR;

std::string file_of(std::string_view plugin) { return (plugins / plugin_file_name(plugin)).string(); }

template <class Offer>
std::string refusal(PluginHost& host, std::string_view name) {
  const auto found = host.find<Offer>(name);
  if (found) return "found";
  EXPECT_EQ(found.error().code, Errc::invalid_argument);
  EXPECT_THAT(found.error().message, Not(HasSubstr("\n")));
  return found.error().message;
}

TEST(PluginHost, finds_a_plugin_by_its_short_and_its_full_name) {
  PluginHost host({plugins});
  const auto offer = host.find<TransportOffer>("echo");
  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_EQ((*offer)->name, "echo");
  EXPECT_EQ((*offer)->options.size(), 5u);
  EXPECT_EQ(host.find<TransportOffer>("transport-echo").value(), *offer) << "loaded once";
  for (const auto kind : plugin_kinds) EXPECT_TRUE(host.options(kind, "echo")) << to_string(kind);
}

TEST(PluginHost, takes_the_first_folder_that_has_the_file) {
  const TempDir first;
  std::filesystem::copy_file(file_of("auth-echo"), first.path() / plugin_file_name("auth-echo"));
  PluginHost host({"/nowhere", first.path(), plugins});
  EXPECT_EQ(host.describe("auth-echo").value().info.file.parent_path(), first.path());
}

TEST(PluginHost, says_where_it_looked_and_what_was_probably_meant) {
  const TempDir empty;
  PluginHost host({empty.path(), plugins});
  EXPECT_EQ(refusal<TransportOffer>(host, "ecko"),
            "no plugin \"transport-ecko\" (" + plugin_file_name("transport-ecko") + ") in " + empty.path().string() +
                ", " + plugins.string() + "; did you mean \"transport-echo\"?");
  PluginHost nowhere({});
  EXPECT_THAT(refusal<TransportOffer>(nowhere, "echo"), HasSubstr("in an empty plugin-path"));
}

TEST(PluginHost, takes_no_path_for_a_name) {
  PluginHost host({plugins / "nothing"});
  const auto climbing = "../" + file_of("auth-echo");
  EXPECT_THAT(refusal<AuthOffer>(host, climbing), StartsWith("no plugin"));
  EXPECT_THAT(refusal<AuthOffer>(host, ""), StartsWith("no plugin"));
}

struct Bad {
  const char* plugin;
  std::string because;
};

class BadPlugin : public testing::TestWithParam<Bad> {};

TEST_P(BadPlugin, is_refused_in_one_line_that_names_the_file) {
  PluginHost host({plugins});
  EXPECT_EQ(refusal<AuthOffer>(host, GetParam().plugin),
            "plugin " + file_of("auth-" + std::string(GetParam().plugin)) + ": " + GetParam().because);
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, BadPlugin,
    testing::Values(Bad{"other-magic", "is not a regtool plugin: its descriptor has a wrong magic number"},
                    Bad{"other-abi", "was built for plugin interface 999, this regtool has " +
                                         std::to_string(plugin_abi) + ": build it again against this regtool"},
                    Bad{"other-toolchain", std::string("was built with toolchain cfront-2.0, this regtool with ") +
                                               plugin_toolchain + ": build both with the same"},
                    Bad{"no-symbol", "is not a regtool plugin: it has no symbol regtool_plugin"},
                    Bad{"enrolls-nothing", "enrolls nothing"}, Bad{"throws", "failed to enroll: no luck today"},
                    Bad{"throws-oddly", "failed to enroll: threw something that is no std::exception"},
                    Bad{"twice", "enrolls auth-twice twice"},
                    Bad{"misnamed", "does not offer auth-misnamed, only auth-other, auth-another"}),
    [](const auto& param) {
      std::string name = param.param.plugin;
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST(PluginHost, refuses_a_file_that_is_no_shared_library) {
  const TempDir folder;
  const auto file = folder.write(plugin_file_name("auth-text"), "just some text\n");
  PluginHost host({folder.path()});
  EXPECT_THAT(refusal<AuthOffer>(host, "text"), StartsWith("plugin " + file.string() + ": cannot be loaded: "));
}

TEST(PluginHost, refuses_a_name_that_two_files_enroll_in_whatever_order) {
  const auto because = "plugin " + file_of("auth-clash") + ": enrolls auth-echo, as " + file_of("auth-echo") +
                       " does: remove one of them";
  PluginHost right_one_first({plugins});
  EXPECT_TRUE(right_one_first.find<AuthOffer>("echo"));
  EXPECT_EQ(refusal<AuthOffer>(right_one_first, "clash"), because);
  PluginHost right_one_last({plugins});
  EXPECT_EQ(refusal<AuthOffer>(right_one_last, "clash"), because);
  EXPECT_TRUE(right_one_last.find<AuthOffer>("echo"));
}

TEST(PluginHost, refuses_a_name_that_two_files_enroll_and_neither_is_named_for) {
  const TempDir folder;
  for (const char* name : {"auth-one", "auth-two"})
    std::filesystem::copy_file(file_of("auth-misnamed"), folder.path() / plugin_file_name(name));
  PluginHost host({folder.path()});
  EXPECT_THAT(refusal<AuthOffer>(host, "one"), HasSubstr("does not offer"));
  EXPECT_THAT(refusal<AuthOffer>(host, "two"), HasSubstr("enrolls auth-other, as " + folder.path().string()));
}

TEST(PluginHost, stays_usable_after_a_refusal) {
  PluginHost host({plugins});
  EXPECT_NE(refusal<AuthOffer>(host, "throws"), "found");
  EXPECT_NE(refusal<AuthOffer>(host, "throws"), "found") << "a second time";
  EXPECT_TRUE(host.find<AuthOffer>("echo"));
}

TEST(PluginHost, lists_the_usable_and_says_why_others_are_not) {
  const TempDir last;
  last.write(plugin_file_name("auth-echo"), "hidden, so nobody minds that this is no library");
  last.write(plugin_file_name("auth-text"), "text");
  last.write("README.md", "not named like a plugin");
  PluginHost host({plugins, last.path()});

  std::map<std::string, std::string> said;
  std::vector<std::string> names;
  for (const auto& listing : host.list()) {
    names.push_back(listing.name);
    said[listing.file.string()] = listing.plugin ? listing.plugin->info.version : listing.plugin.error().message;
  }
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_EQ(said.size(), 19u);
  EXPECT_EQ(said[file_of("transport-echo")], "1.2.3");
  EXPECT_THAT(said[file_of("auth-other-abi")], HasSubstr("plugin interface 999"));
  EXPECT_THAT(said[(last.path() / plugin_file_name("auth-text")).string()], HasSubstr("cannot be loaded"));
  EXPECT_THAT(said[(last.path() / plugin_file_name("auth-echo")).string()],
              AllOf(HasSubstr("hidden by " + file_of("auth-echo")), HasSubstr("comes first")));
}

TEST(PluginHost, describes_a_plugin_with_its_options) {
  PluginHost host({plugins});
  const auto plugin = host.describe("auth-echo");
  ASSERT_TRUE(plugin) << plugin.error().message;
  EXPECT_EQ(plugin->info.name, "auth-echo");
  EXPECT_EQ(plugin->info.version, "1.2.3");
  EXPECT_EQ(plugin->info.file, file_of("auth-echo"));
  ASSERT_EQ(plugin->offers.size(), 1u);
  EXPECT_EQ(plugin->offers[0].kind, PluginKind::auth);
  ASSERT_EQ(plugin->offers[0].options.size(), 4u);
  EXPECT_EQ(plugin->offers[0].options[0].name, "key");
  EXPECT_EQ(plugin->offers[0].options[0].default_value, "~/.ollama/id_ed25519");
}

TEST(PluginHost, describes_by_a_short_name_that_is_unique) {
  PluginHost host({plugins});
  EXPECT_EQ(host.describe("misnamed").value().info.file, file_of("auth-misnamed"));
  EXPECT_THAT(host.describe("echo").error().message, HasSubstr("give the full name"));
  EXPECT_EQ(host.describe("nothing-like-it").error().code, Errc::not_found);
}

}  // namespace
}  // namespace regtool
