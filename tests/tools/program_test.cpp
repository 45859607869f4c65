// What the program does as a whole, without a registry: the binary is run as a user runs it.

#include "base/json.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ProgramTest : public testing::Test {
 protected:
  // Runs it with a store of its own, and with nothing from this machine's configuration.
  Outcome regtool(std::vector<std::string> words) {
    words.insert(words.begin(), REGTOOL_PROGRAM);
    return run({words,
                {{"OLLAMA_MODELS", folder_.path() / "models"},
                 {"HOME", folder_.path()},
                 {"XDG_CONFIG_HOME", folder_.path()},
                 {"REGTOOL_CONFIG", ""},
                 {"REGTOOL_PLUGIN_PATH", ""}},
                {}});
  }

  TempDir folder_;
};

// "error: " and one line.
void expect_one_line_error(const Outcome& outcome) {
  EXPECT_THAT(outcome.err, StartsWith("error: "));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

TEST_F(ProgramTest, exit_status_and_one_line_tell_what_is_wrong) {
  struct {
    std::vector<std::string> words;
    int status;
  } const rows[] = {
      {{}, 2},
      {{"pul", "gemma"}, 2},
      {{"pull"}, 2},
      {{"pull", "gemma", "--frobnicate"}, 2},
      {{"pull", "../gemma"}, 2},
      {{"push", "a", "b", "--as", "c"}, 2},
      {{"list", "--config", "/nonexistent/config.json"}, 2},
      {{"list", "--set", "stor.root=/tmp"}, 2},
      {{"list", "--set", "store.rot=/tmp"}, 2},
      {{"list", "--set", "store.plugin=nosuch"}, 2},
      {{"prune", "--older-than", "yesterday"}, 2},
      {{"prune", "--older-than", "-1d"}, 2},
      {{"show", "gemma", "--system", "--license"}, 2},
      {{"show", "gemma"}, 4},
      {{"rm", "gemma"}, 4},
      {{"cp", "gemma", "copy"}, 4},
      {{"verify", "gemma"}, 4},
      {{"push", "gemma"}, 4},
      {{"plugin", "show", "nosuch"}, 4},
  };
  for (const auto& row : rows) {
    const auto outcome = regtool(row.words);
    EXPECT_EQ(outcome.status, row.status) << testing::PrintToString(row.words) << outcome.err;
    expect_one_line_error(outcome);
  }
}

TEST_F(ProgramTest, json_results_are_one_json_document) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"version"},
                                                                 {"list"},
                                                                 {"verify"},
                                                                 {"plugin", "list"},
                                                                 {"plugin", "show", "transport-poco"},
                                                                 {"config", "show"},
                                                                 {"config", "check"},
                                                                 {"config", "options"},
                                                                 {"verify", "--repair"},
                                                                 {"prune"},
                                                                 {"prune", "--dry-run"},
                                                                 {"migrate", "--dry-run"},
                                                                 {"key", "new"},
                                                                 {"key", "show"}}) {
    auto with_json = words;
    with_json.push_back("--json");
    const auto outcome = regtool(with_json);
    EXPECT_EQ(outcome.status, 0) << testing::PrintToString(words) << outcome.err;
    const auto document = parse_json(outcome.out);
    ASSERT_TRUE(document) << testing::PrintToString(words) << outcome.out;
    EXPECT_TRUE(document->IsObject());
  }
}

TEST_F(ProgramTest, prune_that_cannot_read_a_manifest_removes_leftovers_alone_and_says_so) {
  const auto models = folder_ / "models";
  const auto blob = models / "blobs" / ("sha256-" + std::string(64, 'a'));
  const auto left = models / ".regtool/staging" / (std::string(64, 'b') + ".0");
  write_file(blob, "needed by whom?");
  write_file(left, "unfinished");
  write_file(models / "manifests/registry.ollama.ai/library/torn/latest", "{");
  const auto outcome = regtool({"prune", "--older-than", "0", "--progress", "none"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("error: torn:latest cannot be read, so no blob is removed: "));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_TRUE(std::filesystem::exists(blob));
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(ProgramTest, prune_tells_what_it_would_remove_and_leaves_it) {
  const auto blob = folder_ / "models" / "blobs" / ("sha256-" + std::string(64, 'a'));
  write_file(blob, "needed by nobody");
  EXPECT_THAT(regtool({"prune", "--dry-run"}).out,
              HasSubstr("nothing to remove\nleft, because younger than 24h: 1 blob"));
  EXPECT_THAT(regtool({"prune", "--dry-run", "--older-than", "0"}).out, HasSubstr("would remove 1 blob (16 B)"));
  EXPECT_TRUE(std::filesystem::exists(blob));
  EXPECT_THAT(regtool({"prune", "--older-than", "0"}).out, HasSubstr("removed 1 blob (16 B)"));
  EXPECT_FALSE(std::filesystem::exists(blob));
}

TEST_F(ProgramTest, json_progress_tells_errors_as_json_too) {
  const auto outcome = regtool({"show", "gemma", "--progress", "json"});
  EXPECT_EQ(outcome.status, 4);
  const auto event = parse_json(outcome.err);
  ASSERT_TRUE(event) << outcome.err;
  EXPECT_EQ(json_text(*event, "event"), "error");
  EXPECT_EQ(json_text(*event, "code"), "not_found");
}

TEST_F(ProgramTest, several_failures_are_all_told) {
  const auto outcome = regtool({"rm", "one", "two"});
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("one:latest"));
  EXPECT_THAT(outcome.err, HasSubstr("two:latest"));
}

TEST_F(ProgramTest, finds_the_plugins_of_its_own_tree) {
  const auto outcome = regtool({"plugin"});
  for (const auto* name : {"auth-basic", "auth-ssh-key", "auth-token", "store-filesystem", "transport-poco"}) {
    EXPECT_THAT(outcome.out, HasSubstr(name));
  }
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("unusable")));
}

TEST_F(ProgramTest, version_and_help_need_no_valid_config) {
  std::ofstream(folder_.path() / "broken.json") << "{";
  const std::string config = folder_.path() / "broken.json";
  EXPECT_EQ(regtool({"version", "--config", config}).status, 0);
  EXPECT_EQ(regtool({"pull", "--help", "--config", config}).status, 0);
  EXPECT_EQ(regtool({"list", "--config", config}).status, 2);
}

TEST_F(ProgramTest, results_nobody_reads_are_no_failure) {
  const auto outcome = run({{"sh", "-c", std::string(REGTOOL_PROGRAM) + " config options; echo $? >&2"}, {}, {}});
  EXPECT_EQ(outcome.err, "0\n");
  const auto closed =
      run({{"bash", "-c", std::string(REGTOOL_PROGRAM) + " version | true; echo ${PIPESTATUS[0]}"}, {}, {}});
  EXPECT_EQ(closed.out, "0\n");
  EXPECT_EQ(closed.err, "");
}

TEST_F(ProgramTest, says_so_when_its_results_cannot_be_written) {
  const auto outcome = run({{"sh", "-c", std::string(REGTOOL_PROGRAM) + " version >/dev/full; echo $?"}, {}, {}});
  EXPECT_EQ(outcome.out, "7\n");
  EXPECT_THAT(outcome.err, StartsWith("error: write the output: "));
}

}  // namespace
}  // namespace regtool
