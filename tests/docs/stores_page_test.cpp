// Does what docs/stores.md says.

#include "ceph.hpp"
#include "docker_registry.hpp"
#include "model_maker.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// The commands of the page that begin with `words`, in order.
std::vector<std::string> commands_with(const std::string& words) {
  std::vector<std::string> found;
  std::ifstream page(fs::path(DOCS) / "stores.md");
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with(words)) found.push_back(line);
  }
  return found;
}

// A machine of its own, that shares nothing but a folder with others.
class Machine {
 public:
  explicit Machine(fs::path shared) : shared_(std::move(shared)) {}

  Outcome shell(const std::string& script) const {
    const auto program = fs::path(REGTOOL_PROGRAM).parent_path().string();
    return run({.words = {"bash", "-c", "set -o pipefail\n" + script},
                .environment = {{"HOME", home_.path().string()},
                                {"OLLAMA_MODELS", ""},
                                {"REGTOOL_CONFIG", ""},
                                {"XDG_CONFIG_HOME", ""},
                                {"PATH", program + ":" + std::getenv("PATH")}},
                .folder = shared_});
  }

  void expect_works(const std::string& script) const {
    const auto outcome = shell(script);
    EXPECT_EQ(outcome.status, 0) << script << "\n" << outcome.err;
  }

  void make(const std::string& model, const std::string& tag, std::uint64_t seed) const {
    lab::make_model(store(), {"registry.ollama.ai", "library/" + model, tag}, {.seed = seed});
  }

  fs::path home() const { return home_.path(); }
  fs::path store() const { return home_ / ".ollama/models"; }

 private:
  const TempDir home_;
  const fs::path shared_;
};

TEST(StoresPage, has_a_script_that_pulls_the_same_bytes_into_every_store) {
  const TempDir folder;
  const lab::DockerRegistry registry;
  const lab::Ceph ceph;
  ceph.make_bucket("models");
  const Machine machine(folder.path());
  const auto name = registry.host() + "/demo/gemma:2b";
  lab::make_model(machine.store(), {registry.host(), "demo/gemma", "2b"}, {});
  machine.expect_works("regtool push " + name + " --insecure");
  const auto outcome = machine.shell(
      "AWS_ENDPOINT_URL=" + ceph.url() + " AWS_ACCESS_KEY_ID=" + ceph.owner().access_key + " AWS_SECRET_ACCESS_KEY='" +
      ceph.owner().secret_key + "' S3_BUCKET=models " + DOCS + "/stores.sh " + name + " --insecure");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("The same bytes in all 3 of them."));
  EXPECT_FALSE(ceph.keys("models", "blobs/").empty());
  EXPECT_TRUE(fs::is_empty(folder.path())) << "it leaves something behind";
}

TEST(StoresPage, leads_from_one_machine_to_another) {
  const TempDir stick;
  const Machine here(stick.path()), there(stick.path());
  here.make("gemma", "2b", 1);
  here.make("phi", "3", 2);
  const auto exports = commands_with("regtool export"), imports = commands_with("regtool import");
  ASSERT_EQ(exports.size(), 3U);
  ASSERT_EQ(imports.size(), 2U);
  here.expect_works(exports[0]);
  there.expect_works(imports[0]);
  there.expect_works("regtool verify gemma:2b phi:3");
  here.make("phi", "4", 3);
  here.expect_works(exports[1]);
  there.expect_works(imports[1]);
  there.expect_works("regtool verify gemma:2b phi:4");

  const Machine new_one(stick.path());
  const auto lacking = new_one.shell(imports[1]);
  EXPECT_EQ(lacking.status, 4);
  new_one.expect_works("! regtool list | grep -q gemma:2b");

  // A host that is reached by a shell of its own.
  auto piped = exports[2];
  piped.replace(piped.find("ssh host"), 8, "HOME='" + new_one.home().string() + "'");
  here.expect_works(piped);
  new_one.expect_works("regtool verify gemma:2b");
}

TEST(StoresPage, shows_commands_between_stores_that_work) {
  const TempDir folder;
  const Machine machine(folder.path());
  machine.make("gemma", "2b", 1);
  machine.expect_works(
      "mkdir -p ~/.config/regtool && echo '{\"stores\": {\"nas\": {\"plugin\": \"filesystem\", \"root\": \"~/nas\"}, "
      "\"bundle\": {\"plugin\": \"oci-layout\", \"root\": \"~/layout\"}}}' > ~/.config/regtool/config.json");
  for (const auto* words : {"regtool cp", "regtool migrate", "regtool list"}) {
    for (const auto& command : commands_with(words)) machine.expect_works(command);
  }
  machine.expect_works("regtool list --store bundle | grep -q gemma:2b");
}

}  // namespace
}  // namespace regtool
