// Config files that are broken: told with their place, before anything is done.

#include "bad_input.hpp"

#include <filesystem>

namespace regtool {
namespace {

class BadConfig : public BadInput {};

TEST_F(BadConfig, is_told_with_its_place) {
  struct {
    std::string text;
    std::vector<std::string> says;
  } const rows[] = {
      {"", {"config.json"}},
      {"{", {"config.json:1:"}},
      {"[]", {"config.json:1:1"}},
      {"null", {"config.json:1:1"}},
      {"<html>", {"config.json:1:1"}},
      {"{\n  \"stoer\": {}}", {"config.json:2:3", "stoer", "did you mean \"store\""}},
      {"{\"store\": \"filesystem\"}", {"config.json:1:"}},
      {"{\"transport\": {\"ca\": {}}}", {"config.json:1:", "ca"}},
      {"{\"store\": {\"plugin\": \"nosuch\"}}", {"config.json:1:", "nosuch"}},
      {"{\"store\": {\"plugin\": \"../../evil\"}}", {"config.json:1:", "evil"}},
      {"{\"store\": {}, \"store\": {}}", {"config.json:1:", "store"}},
      {"{\"transfer\": {\"tries\": -1}}", {"config.json:1:", "tries"}},
      {"{\"transfer\": {\"patience\": \"soon\"}}", {"config.json:1:", "patience"}},
      {"{\"registries\": {\"*\": {\"auth\": {\"plugin\": \"token\", \"pasword\": \"correct-horse\"}}}}",
       {"config.json:1:", "pasword", "password"}},
      {std::string(100'000, '['), {"config.json"}},
      {"{\"plugin-path\": " + std::string(100'000, '[') + "}", {"config.json:1:"}},
      {std::string(2 << 20, ' ') + "{}", {"config.json", "1 MiB"}},
      {std::string("{}\0{}", 5), {"config.json:1:"}},
      {"{\"store\": {\"root\": \"\xff\xfe\"}}", {"config.json:1:"}},
      {"/* never closed", {"config.json:1:"}},
  };
  keep_secret("correct-horse");
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text.substr(0, 80));
    user_.configure(row.text);
    expect_refused({"pull", "127.0.0.1:1/h/ns/model"}, {2, row.says});
  }
}

TEST_F(BadConfig, that_is_missing_or_a_folder_is_told) {
  const auto missing = (user_.home() / "missing.json").string();
  expect_refused({"list", "--config", missing}, {2, {missing}});
  expect_refused({"list", "--config", user_.home().string()}, {2, {user_.home().string()}});
}

TEST_F(BadConfig, is_told_once_for_several_names) {
  user_.configure("{");
  expect_refused({"pull", "h/ns/one", "h/ns/two"}, {2, {"error: " + user_.home().string()}});
}

TEST_F(BadConfig, on_the_command_line_is_told) {
  struct {
    std::string assignment;
    std::string says;
  } const rows[] = {
      {"", "--set"},
      {"store.root", "--set"},
      {"=x", "--set"},
      {"stoer.root=x", "store"},
      {"store.rot=x", "root"},
      {"transfer.tries=many", "tries"},
      {"transfer.tries=99999999999999999999", "tries"},
      {"registries.h.auth.plugin=../../evil", "evil"},
      {"registries.h=[[[", "--set"},
  };
  for (const auto& row : rows) expect_refused({"pull", "h/ns/model", "--set", row.assignment}, {2, {row.says}});
}

}  // namespace
}  // namespace regtool
