#pragma once
// What holds whenever regtool refuses something: one line says what and why, the exit status is right, nothing is
// written outside the store, nothing is published that is not whole, no secret is printed.

#include "fake_registry.hpp"
#include "loopback_server.hpp"
#include "user.hpp"

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

namespace regtool {

struct Refusal {
  int status = 0;
  std::vector<std::string> words;  // that the line has in it
};

class BadInput : public testing::Test {
 protected:
  BadInput() { authenticate(R"({"plugin": "token"})"); }

  // The "auth" of every registry from now on, as JSON. Tries follow one another at once.
  void authenticate(const std::string& auth);

  // From now on this must not be printed.
  void keep_secret(std::string text) { secrets_.push_back(std::move(text)); }

  // Nor must the credentials and signed queries that this registry sees.
  void keep_secret(FakeRegistry& registry) { registries_.push_back(&registry); }

  // Runs `regtool WORDS…` twice, the second time with -v -v.
  void expect_refused(const std::vector<std::string>& words, const Refusal& refusal);

  User user_;

 private:
  using Files = std::map<std::string, std::string>;  // contents by path

  static Files files_below(const std::filesystem::path& folder);
  Files files_outside_the_store() const;
  void expect_only_whole_blobs(const Files& before) const;
  void expect_no_secret(const std::string& output) const;
  std::vector<std::string> all_secrets() const;

  std::vector<std::string> secrets_;
  std::vector<FakeRegistry*> registries_;
};

// A registry that the test makes hostile, and another server that has nothing to do with it.
class BadServer : public BadInput {
 protected:
  BadServer();

  std::string name() const { return host() + "/ns/model:tag"; }
  std::string host() const { return server_.url().substr(std::string_view("http://").size()); }

  // A model of one small layer, which pulls well.
  void serve_model();
  void serve_manifest(const std::string& bytes);
  void expect_pull_refused(const Refusal& refusal) { expect_refused({"pull", name(), "--insecure"}, refusal); }

  // The same with little patience, for servers that have more of it.
  void expect_pull_times_out(std::vector<std::string> says);

  FakeRegistry registry_;
  LoopbackServer server_{registry_.handler()};
  FakeRegistry elsewhere_;
  LoopbackServer other_server_{elsewhere_.handler()};
};

}  // namespace regtool
