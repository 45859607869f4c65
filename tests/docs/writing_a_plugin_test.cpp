#include "fake_context.hpp"
#include "fake_registry.hpp"
#include "host/plugin_host.hpp"
#include "memory_transport.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string("run this through meson: $") + name + " is not set");
  return value;
}

// The fenced blocks of `language`, in order.
std::vector<std::string> blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  std::string open;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("```")) {
      if (open == language) found.back() += line + "\n";
    } else if (open.empty()) {
      open = line.substr(3);
      if (open == language) found.emplace_back();
    } else {
      open.clear();
    }
  }
  return found;
}

// Does what the page says, in an empty folder, with a regtool that was installed for it.
class WritingAPlugin : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    followed_ = std::make_unique<TempDir>();
    run_checked(
        {{"meson", "install", "-C", setting("BUILD"), "--no-rebuild", "--quiet", "--destdir", root().string()}});
    const auto page = read_file(setting("PAGE"));
    const auto sources = blocks(page, "cpp");
    ASSERT_EQ(sources.size(), 1U);
    write_file(folder() / "plugin.cpp", sources[0]);
    for (const auto& block : blocks(page, "sh")) shell(block);
  }

  static void TearDownTestSuite() { followed_.reset(); }

  static fs::path root() { return followed_->path() / "root"; }
  static fs::path folder() { return followed_->path() / "empty"; }

  // Where `meson install` put `option`'s files: below the destination, whatever the prefix.
  static fs::path installed(const char* option) {
    return root() / (fs::path(setting("PREFIX")) / setting(option)).relative_path();
  }

  static std::string shell(const std::string& block) {
    return run_checked({.words = {"sh", "-euc", block},
                        .environment = {{"PKG_CONFIG_PATH", (installed("LIBDIR") / "pkgconfig").string()},
                                        {"LD_LIBRARY_PATH", installed("LIBDIR").string()},
                                        {"PATH", installed("BINDIR").string() + ":" + setting("PATH")}},
                        .folder = folder()});
  }

  Result<std::unique_ptr<Authenticator>> make(const fs::path& plugin_folder, const fs::path& token) {
    PluginHost host({plugin_folder});
    REGTOOL_TRY_ASSIGN(const auto* offer, host.find<AuthOffer>("token-file"));
    REGTOOL_TRY_ASSIGN(const auto config, Config::make(offer->options, {{"file", token.string()}}));
    return offer->make(fake_.context(), config);
  }

  FakeContext fake_;

 private:
  static inline std::unique_ptr<TempDir> followed_;
};

TEST_F(WritingAPlugin, gives_a_plugin_that_authenticates) {
  FakeRegistry registry({.auth = {.scheme = AuthScheme::token}});
  registry.content().put_manifest("ns/model", "latest", {"{}", std::string(docker_manifest_type)});
  MemoryTransport transport;
  transport.serve("https://registry.test", registry.handler());

  // The platform gets a token, and writes it to a file.
  const auto ctx = fake_.context();
  const Request token_request{Method::get, "https://registry.test/v2/token?scope=repository%3Ans%2Fmodel%3Apull", {}};
  const auto issued = fetch_token(ctx, transport, token_request);
  ASSERT_TRUE(issued) << issued.error().message;
  write_file(folder() / "token", issued->authorization.substr(std::string("Bearer ").size()) + "\n");

  auto authenticator = make(folder(), folder() / "token");
  ASSERT_TRUE(authenticator) << authenticator.error().message;
  Challenge challenge;
  challenge.scheme = "bearer";
  const auto credential = (*authenticator)->answer(ctx, challenge, transport);
  ASSERT_TRUE(credential) << credential.error().message;

  Request request{Method::get, "https://registry.test/v2/ns/model/manifests/latest", {}};
  EXPECT_EQ((*transport.send(ctx, request))->status(), 401);
  request.headers.add("Authorization", credential->authorization);
  EXPECT_EQ((*transport.send(ctx, request))->status(), 200);
}

TEST_F(WritingAPlugin, gives_a_plugin_that_says_what_is_missing) {
  auto authenticator = make(folder(), folder() / "nothing here");
  ASSERT_TRUE(authenticator) << authenticator.error().message;
  MemoryTransport transport;
  Challenge challenge;
  challenge.scheme = "bearer";
  const auto credential = (*authenticator)->answer(fake_.context(), challenge, transport);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Errc::unauthenticated);
}

TEST_F(WritingAPlugin, installs_it_beside_the_others) {
  const auto plugins = installed("LIBDIR") / "regtool" / "plugins";
  EXPECT_TRUE(make(plugins, folder() / "token"));
  EXPECT_TRUE(fs::exists(plugins / "libregtool_auth-token.so"));
}

TEST_F(WritingAPlugin, shows_commands_of_regtool_that_work) {
  if (!fs::exists(installed("BINDIR") / "regtool")) GTEST_SKIP() << "the program was not installed";
  for (const auto& block : blocks(read_file(setting("PAGE")), "console")) {
    EXPECT_THAT(shell(block), HasSubstr("auth-token-file")) << block;
  }
}

}  // namespace
}  // namespace regtool
