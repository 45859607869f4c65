// The real program is killed again and again, and goes on each time.

#include "digest_of.hpp"
#include "fake_registry.hpp"
#include "loopback_server.hpp"
#include "model_maker.hpp"
#include "same_store.hpp"
#include "user.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace regtool {
namespace {

namespace fs = std::filesystem;

// How often the program is killed in each test: often in the long form.
unsigned kills() {
  const char* size = std::getenv("REGTOOL_TEST_SIZE");
  return size != nullptr && std::string_view(size) == "large" ? 250 : 10;
}

void expect_sound_blobs(const fs::path& store) {
  if (!fs::exists(store / "blobs")) return;
  for (const auto& entry : fs::directory_iterator(store / "blobs")) {
    EXPECT_EQ("sha256-" + std::string(digest_of(read_file(entry.path())).hex()), entry.path().filename());
  }
}

class KilledProgram : public testing::Test {
 protected:
  KilledProgram() {
    host_ = server_.url().substr(server_.url().find("//") + 2);
    lab::make_model(ada_.store(), {host_, "demo/gemma", "2b"}, {.weights = (9 << 20) + 77, .tensors = 3});
  }

  std::vector<std::string> words(const char* command) const {
    return {command, host_ + "/demo/gemma:2b", "--insecure"};
  }

  // True if the program came to its end all the same.
  static bool killed_or_done(Process& program) {
    const auto status = program.wait(std::chrono::minutes(1));
    EXPECT_TRUE(status == 128 + SIGKILL || status == 0) << status.value_or(-1) << program.err();
    return status != 128 + SIGKILL;
  }

  FakeRegistry registry_{{.uploads = {.offer = UploadOffer::redirected_parts}}};
  LoopbackServer server_{registry_.handler()};
  std::string host_;
  User ada_, bob_;
};

TEST_F(KilledProgram, pulls_to_the_right_bytes_wherever_it_was_killed) {
  ASSERT_EQ(ada_.regtool(words("push")).status, 0);
  bob_.set_environment("DIES_BELOW", bob_.store());
  const auto manifest = fs::path("manifests") / host_ / "demo/gemma/2b";
  std::mt19937 random(1);
  for (unsigned killed = 0; killed < kills();) {
    // What an earlier round made is not to be there; whatever else is may stay.
    fs::remove_all(bob_.store() / "manifests");
    fs::remove_all(bob_.store() / "blobs");
    for (bool done = false; !done;) {
      const auto nth = std::to_string(1 + random() % 90);
      SCOPED_TRACE("kill " + std::to_string(killed) + " at call " + nth);
      bob_.set_environment("LD_PRELOAD", DIES_AT_CALL);
      bob_.set_environment("DIES_AT_CALL", nth);
      done = killed_or_done(*bob_.start(words("pull")));
      if (!done) ++killed;
      expect_sound_blobs(bob_.store());
      if (fs::exists(bob_.store() / manifest)) {
        EXPECT_THAT(differences(ada_.store(), bob_.store()), testing::IsEmpty());
      }
      ASSERT_FALSE(HasFailure());
    }
    bob_.set_environment("LD_PRELOAD", "");
    ASSERT_EQ(bob_.regtool(words("pull")).status, 0);
    ASSERT_THAT(differences(ada_.store(), bob_.store()), testing::IsEmpty());
  }
}

TEST_F(KilledProgram, imports_the_right_bytes_into_a_layout_wherever_it_was_killed) {
  const auto bundle = (ada_.home() / "models.tar").string();
  ASSERT_EQ(ada_.regtool({"export", host_ + "/demo/gemma:2b", bundle}).status, 0);
  const auto layout = bob_.home() / "layout";
  bob_.configure(R"({"store": {"plugin": "oci-layout", "root": "layout"}})");
  bob_.set_environment("DIES_BELOW", layout);
  std::mt19937 random(1);
  for (unsigned killed = 0; killed < kills();) {
    fs::remove_all(layout / "blobs");
    fs::remove(layout / "index.json");
    for (bool done = false; !done;) {
      const auto nth = std::to_string(1 + random() % 120);
      SCOPED_TRACE("kill " + std::to_string(killed) + " at call " + nth);
      bob_.set_environment("LD_PRELOAD", DIES_AT_CALL);
      bob_.set_environment("DIES_AT_CALL", nth);
      done = killed_or_done(*bob_.start({"import", bundle}));
      if (!done) ++killed;
      bob_.set_environment("LD_PRELOAD", "");
      // What is named is whole.
      const auto verified = bob_.regtool({"verify"});
      ASSERT_EQ(verified.status, 0) << verified.out << verified.err;
    }
    ASSERT_EQ(bob_.regtool({"import", bundle}).status, 0);
    const auto copy = (bob_.home() / "copy.tar").string();
    ASSERT_EQ(bob_.regtool({"export", host_ + "/demo/gemma:2b", copy, "--force"}).status, 0);
    ASSERT_EQ(run({.words = {"cmp", bundle, copy}}).status, 0);
  }
}

TEST_F(KilledProgram, exports_the_same_file_wherever_it_was_killed) {
  const auto model = host_ + "/demo/gemma:2b";
  const auto expected = (ada_.home() / "expected.tar").string();
  ASSERT_EQ(ada_.regtool({"export", model, expected}).status, 0);
  const auto folder = ada_.home() / "out";
  ada_.set_environment("DIES_BELOW", folder);
  std::mt19937 random(1);
  for (unsigned killed = 0; killed < kills();) {
    fs::remove_all(folder);
    fs::create_directory(folder);
    for (bool done = false; !done;) {
      ada_.set_environment("LD_PRELOAD", DIES_AT_CALL);
      ada_.set_environment("DIES_AT_CALL", std::to_string(1 + random() % 60));
      done = killed_or_done(*ada_.start({"export", model, (folder / "models.tar").string(), "--split", "4M"}));
      if (!done) ++killed;
      // It is the last to get its name: then all is there.
      done = done || fs::exists(folder / "models.tar.001");
    }
    ada_.set_environment("LD_PRELOAD", "");
    ASSERT_EQ(
        run({.words = {"bash", "-c", "cat \"$1\"/models.tar.00? | cmp - \"$2\"", "bash", folder, expected}}).status, 0);
    EXPECT_FALSE(fs::exists(folder / "models.tar.001.partial"));
  }
}

TEST_F(KilledProgram, pushes_the_right_bytes_wherever_it_was_killed) {
  unsigned killed = 0;
  bool every_request_was_one = false;
  for (unsigned nth = 1; killed < kills() && !every_request_was_one; ++nth) {
    SCOPED_TRACE("killed at request " + std::to_string(nth));
    // A repository of its own for each: what the registry has, it has of other repositories.
    FakeRegistry registry{{.uploads = {.offer = nth % 2 == 0 ? UploadOffer::session : UploadOffer::redirected_parts}}};
    LoopbackServer server(registry.handler());
    const auto host = server.url().substr(server.url().find("//") + 2);
    User eve;
    lab::make_model(eve.store(), {host, "demo/gemma", "2b"}, {.weights = (1 << 20) + 77, .tensors = 3});
    const std::vector<std::string> push{"push", host + "/demo/gemma:2b", "--insecure"};
    std::atomic<unsigned> requests = 0;
    std::atomic<pid_t> program = 0;
    registry.plan().on({}, Times::always(), [&](const HttpRequest& request, const Handler& real) {
      if (++requests != nth) return real(request);
      program.wait(0);
      // Before its body has arrived, in the middle of it, or when all is done but the answer.
      if (nth % 3 == 0) request.incoming->first(request.incoming->size() / 2);
      std::optional<HttpReply> reply;
      if (nth % 3 == 1) reply = real(request);
      ::kill(program, SIGKILL);
      return reply ? *reply : real(request);
    });
    const auto first = eve.start(push);
    program = first->pid();
    program.notify_all();
    every_request_was_one = killed_or_done(*first);
    if (!every_request_was_one) ++killed;
    registry.plan().clear();
    const auto next = eve.regtool(push);
    ASSERT_EQ(next.status, 0) << next.err;
    User bob;
    ASSERT_EQ(bob.regtool({"pull", host + "/demo/gemma:2b", "--insecure"}).status, 0);
    ASSERT_THAT(differences(eve.store(), bob.store()), testing::IsEmpty());
  }
  EXPECT_GT(killed, 8u);
}

// A model, a blob that it does not need, and what two runs have left.
void furnish(const fs::path& store) {
  lab::make_model(store, {"registry.ollama.ai", "library/gemma", "2b"}, {.weights = 1 << 20, .tensors = 3});
  const std::string lost = "needed by nobody";
  write_file(store / "blobs" / ("sha256-" + std::string(digest_of(lost).hex())), lost);
  for (const char digit : {'a', 'b'}) {
    const auto slot = (store / ".regtool/staging" / (std::string(64, digit) + ".0")).string();
    write_file(slot, "unfinished");
    write_file(slot + ".journal", "1");
    write_file(slot + ".journal.new", "1");
  }
}

TEST(KilledPrune, loses_nothing_wherever_it_was_killed_and_the_next_one_ends_it) {
  unsigned killed = 0;
  for (unsigned nth = 1;; ++nth) {
    SCOPED_TRACE("killed at call " + std::to_string(nth));
    User eve;
    furnish(eve.store());
    eve.set_environment("DIES_BELOW", eve.store());
    eve.set_environment("DIES_AT_CALL", std::to_string(nth));
    eve.set_environment("LD_PRELOAD", DIES_AT_CALL);
    const auto first = eve.start({"prune", "--older-than", "0"});
    const auto status = first->wait(std::chrono::minutes(1));
    eve.set_environment("LD_PRELOAD", "");
    expect_sound_blobs(eve.store());
    EXPECT_EQ(eve.regtool({"verify"}).status, 0);
    const auto next = eve.regtool({"prune", "--older-than", "0"});
    EXPECT_EQ(next.status, 0) << next.err;
    User tidy;
    lab::make_model(tidy.store(), {"registry.ollama.ai", "library/gemma", "2b"}, {.weights = 1 << 20, .tensors = 3});
    EXPECT_THAT(differences(tidy.store(), eve.store()), testing::IsEmpty());
    EXPECT_TRUE(fs::is_empty(eve.store() / ".regtool/staging"));
    ASSERT_FALSE(HasFailure());
    if (status == 0) break;
    ASSERT_EQ(status, 128 + SIGKILL) << first->err();
    ++killed;
  }
  EXPECT_GE(killed, 7u);
}

}  // namespace
}  // namespace regtool
