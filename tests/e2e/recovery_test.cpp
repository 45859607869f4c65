// What goes wrong on the way is put right by running the same command again, or said in one line.

#include "model_maker.hpp"
#include "model_service.hpp"
#include "same_store.hpp"
#include "sizes.hpp"
#include "user.hpp"

#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Bytes on disk below `folder`: files that are being downloaded have holes.
std::uint64_t allocated(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  std::error_code gone;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, gone);
       !gone && entry != std::filesystem::recursive_directory_iterator(); entry.increment(gone)) {
    struct stat facts {};
    if (::stat(entry->path().c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
      sum += static_cast<std::uint64_t>(facts.st_blocks) * 512;
    }
  }
  return sum;
}

void flip_a_byte_of(const std::filesystem::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(1000);
  const int byte = stream.get();
  stream.seekp(1000);
  stream.put(static_cast<char>(byte ^ 1));
}

class Recovery : public testing::Test {
 protected:
  explicit Recovery(const std::string& rate = "") : service_({.rate = rate}) {
    admit(ada_);
    admit(bob_);
  }

  void admit(const User& user) const {
    service_.register_key(user.make_key());
    user.configure(fmt::format(R"({{"registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})", service_.host()));
  }

  void push_model(const lab::ModelShape& shape) {
    model_ = lab::make_model(ada_.store(), {service_.host(), "demo/gemma", "2b"}, shape);
    const Outcome push = ada_.regtool({"push", name(), "--insecure"});
    ASSERT_EQ(push.status, 0) << push.err;
  }

  Outcome pull() const { return bob_.regtool({"pull", name(), "--insecure"}); }
  std::string name() const { return service_.host() + "/demo/gemma:2b"; }
  std::filesystem::path weights_of(const User& user) const {
    return user.store() / "blobs" / ("sha256-" + model_.weights);
  }

  lab::ModelService service_;
  User ada_, bob_;
  lab::MadeModel model_;
};

class SlowRecovery : public Recovery {
 protected:
  SlowRecovery() : Recovery("2m") {}
};

TEST_F(SlowRecovery, a_killed_pull_goes_on_where_it_was) {
  const std::uint64_t size = 64U << 20;
  push_model({.weights = size});

  const auto first = bob_.start({"pull", name(), "--insecure"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  // Well after the burst that the server begins each answer with.
  while (allocated(bob_.store()) < size * 3 / 4) {
    ASSERT_EQ(first->wait(std::chrono::milliseconds(5)), std::nullopt) << first->err();
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  first->signal(SIGKILL);
  ASSERT_EQ(first->wait(std::chrono::seconds(10)), 128 + SIGKILL);
  EXPECT_FALSE(std::filesystem::exists(weights_of(bob_)));

  const std::uint64_t before = service_.cdn().bytes_served(model_.weights);
  const Outcome second = pull();
  ASSERT_EQ(second.status, 0) << second.err;
  EXPECT_THAT(differences(ada_.store(), bob_.store()), IsEmpty());
  EXPECT_LT(service_.cdn().bytes_served(model_.weights) - before, size * 3 / 4);
}

TEST_F(Recovery, a_damaged_blob_is_found_and_fetched_again) {
  push_model({.weights = sizes().weights});
  ASSERT_EQ(pull().status, 0);
  flip_a_byte_of(weights_of(bob_));
  EXPECT_EQ(bob_.regtool({"verify"}).status, 5);
  const Outcome again = pull();
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(differences(ada_.store(), bob_.store()), IsEmpty());
  EXPECT_EQ(bob_.regtool({"verify"}).status, 0);
}

TEST_F(Recovery, bytes_that_the_server_damaged_are_not_published) {
  push_model({});
  flip_a_byte_of(service_.registry().blob(model_.weights));
  const Outcome outcome = pull();
  EXPECT_EQ(outcome.status, 5) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(weights_of(bob_)));
  EXPECT_FALSE(std::filesystem::exists(bob_.store() / "manifests" / service_.host() / "demo/gemma/2b"));
}

TEST_F(Recovery, a_push_with_a_key_that_is_not_registered_is_refused) {
  push_model({});
  const User stranger;
  stranger.make_key();
  stranger.configure(
      fmt::format(R"({{"registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})", service_.host()));
  lab::make_model(stranger.store(), {service_.host(), "demo/other", "1b"}, {.seed = 2});
  const Outcome push = stranger.regtool({"push", service_.host() + "/demo/other:1b", "--insecure"});
  EXPECT_EQ(push.status, 3) << push.err;
  EXPECT_THAT(push.err, HasSubstr("not registered"));
  EXPECT_EQ(push.out, "");
}

TEST_F(Recovery, a_model_that_is_not_there_is_said_to_be_not_there) {
  const Outcome outcome = bob_.regtool({"pull", service_.host() + "/demo/nothing", "--insecure"});
  EXPECT_EQ(outcome.status, 4) << outcome.err;
}

}  // namespace
}  // namespace regtool
