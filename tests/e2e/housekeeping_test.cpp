// Keeping a store in order: what is damaged is mended from a real registry, what nobody needs goes, and no model
// suffers.

#include "model_maker.hpp"
#include "model_service.hpp"
#include "same_store.hpp"
#include "user.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// As a disk does it: neither the size nor the time of the file tell.
void rot(const fs::path& file) {
  const auto time = fs::last_write_time(file);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(1000);
  const int byte = stream.get();
  stream.seekp(1000);
  stream.put(static_cast<char>(byte ^ 1));
  stream.close();
  fs::last_write_time(file, time);
}

class Housekeeping : public testing::Test {
 protected:
  explicit Housekeeping(const std::string& rate = "") : service_({.rate = rate}) {
    for (const auto* user : {&ada_, &bob_}) {
      service_.register_key(user->make_key());
      user->configure(
          fmt::format(R"({{"registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})", service_.host()));
    }
  }

  lab::MadeModel push_model(const lab::ModelShape& shape) const {
    auto model = lab::make_model(ada_.store(), {service_.host(), "demo/gemma", "2b"}, shape);
    const Outcome push = ada_.regtool({"push", name(), "--insecure"});
    EXPECT_EQ(push.status, 0) << push.err;
    return model;
  }

  void pull() const {
    const Outcome pull = bob_.regtool({"pull", name(), "--insecure"});
    ASSERT_EQ(pull.status, 0) << pull.err;
  }

  Outcome repair() const { return bob_.regtool({"verify", "--repair", "--insecure"}); }

  std::string name() const { return service_.host() + "/demo/gemma:2b"; }
  static fs::path blob_of(const User& user, const std::string& hex) {
    return user.store() / "blobs" / ("sha256-" + hex);
  }

  // A tensor's blob of bob's, by its number in the order of digests.
  fs::path some_tensor(std::size_t number) const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(bob_.store() / "blobs")) {
      if (entry.file_size() == tensor_size) all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all.at(number);
  }

  static constexpr std::uint64_t tensor_size = 64 << 10;
  const lab::ModelShape shape_{.weights = 8 << 20, .tensors = 20, .tensor_size = tensor_size};

  lab::ModelService service_;
  User ada_, bob_;
};

TEST_F(Housekeeping, repair_mends_a_blob_that_rotted_one_that_was_cut_and_one_that_is_gone) {
  const auto model = push_model(shape_);
  pull();
  rot(blob_of(bob_, model.weights));
  fs::resize_file(some_tensor(3), 100);
  fs::remove(some_tensor(5));

  const Outcome first = bob_.regtool({"verify"});
  EXPECT_EQ(first.status, 5) << first.err;
  EXPECT_THAT(first.err, HasSubstr("3 problems found; regtool verify --repair"));

  const Outcome outcome = repair();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(name() + ": 3 blobs mended (8.52 MB)\n"));
  EXPECT_THAT(outcome.out, HasSubstr(", 3 of 3 problems mended\n"));
  EXPECT_THAT(differences(ada_.store(), bob_.store()), IsEmpty());
  EXPECT_EQ(bob_.regtool({"verify"}).status, 0);
}

TEST_F(Housekeeping, repair_fetches_nothing_when_all_is_good) {
  push_model({});
  pull();
  const auto served = service_.cdn().bytes_served("");
  const Outcome outcome = repair();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, Not(HasSubstr("mended")));
  EXPECT_EQ(service_.cdn().bytes_served(""), served);
}

TEST_F(Housekeeping, repair_keeps_the_version_that_the_store_has_though_the_tag_has_moved_on) {
  const auto before = push_model(shape_);
  pull();
  auto newer = shape_;
  newer.seed = 2;
  const auto after = push_model(newer);
  ASSERT_NE(before.weights, after.weights);
  fs::remove(blob_of(bob_, before.weights));

  const Outcome outcome = repair();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(blob_of(bob_, before.weights)));
  EXPECT_FALSE(fs::exists(blob_of(bob_, after.weights)));
  EXPECT_EQ(bob_.regtool({"verify"}).status, 0);
}

TEST_F(Housekeeping, repair_says_what_the_registry_does_not_have_any_more_and_mends_the_rest) {
  const auto model = push_model(shape_);
  pull();
  rot(blob_of(bob_, model.weights));
  fs::remove(some_tensor(0));
  fs::remove(service_.registry().blob(model.weights));

  const Outcome outcome = repair();
  EXPECT_EQ(outcome.status, 5) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("not mended: " + service_.host() + "/demo/gemma: it is not there any more\n"));
  EXPECT_THAT(outcome.out, HasSubstr(name() + ": 1 blob mended (65.5 KB), 1 not\n"));
  EXPECT_THAT(outcome.err, HasSubstr("1 problem left that could not be mended"));
  EXPECT_TRUE(fs::exists(blob_of(bob_, model.weights)));
}

TEST_F(Housekeeping, show_has_all_of_a_model_that_is_only_at_the_registry) {
  push_model(shape_);
  const Outcome outcome = bob_.regtool({"show", "--remote", "--insecure", name()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (const auto* part : {"blk.*.weight  20 layers", "\nTemplate\n  <start_of_turn>user", "\nSystem\n  You answer",
                           "\nLicense\n  Permission", "family        gemma"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_FALSE(fs::exists(bob_.store() / "blobs"));
}

TEST_F(Housekeeping, rm_keeps_what_another_model_needs) {
  push_model({});
  pull();
  ASSERT_EQ(bob_.regtool({"cp", name(), "copy"}).status, 0);
  const Outcome rehearsed = bob_.regtool({"rm", "--dry-run", name(), "copy"});
  EXPECT_EQ(rehearsed.status, 0) << rehearsed.err;
  EXPECT_THAT(rehearsed.out, HasSubstr(name() + ": would be removed; its 6 blobs (1.05 MB) stay for other models\n"));
  EXPECT_THAT(rehearsed.out, HasSubstr("copy:latest: would be removed, with 6 blobs (1.05 MB)\n"));
  const Outcome removed = bob_.regtool({"rm", name()});
  EXPECT_THAT(removed.out, HasSubstr(name() + ": removed; its 6 blobs (1.05 MB) stay for other models\n"));
  EXPECT_EQ(bob_.regtool({"verify", "copy"}).status, 0);
  EXPECT_THAT(bob_.regtool({"rm", "copy"}).out, HasSubstr("removed, with 6 blobs (1.05 MB)\n"));
  EXPECT_TRUE(fs::is_empty(bob_.store() / "blobs"));
}

class SlowHousekeeping : public Housekeeping {
 protected:
  SlowHousekeeping() : Housekeeping("2m") {}

  // A pull that has begun to write.
  std::unique_ptr<Process> begun_pull() const {
    auto pull = bob_.start({"pull", name(), "--insecure"});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!has_journal()) {
      EXPECT_EQ(pull->wait(std::chrono::milliseconds(5)), std::nullopt) << pull->err();
      if (std::chrono::steady_clock::now() > deadline || HasFailure()) break;
    }
    return pull;
  }

  bool has_journal() const {
    if (!fs::exists(staging())) return false;
    return std::ranges::any_of(fs::directory_iterator(staging()),
                               [](const auto& entry) { return entry.path().extension() == ".journal"; });
  }

  fs::path staging() const { return bob_.store() / ".regtool/staging"; }
};

TEST_F(SlowHousekeeping, prune_does_no_harm_to_a_pull_that_is_under_way) {
  push_model({.weights = 64 << 20, .tensors = 20});
  const auto pull = begun_pull();
  unsigned prunes = 0;
  do {
    const Outcome prune = bob_.regtool({"prune", "--older-than", "0"});
    EXPECT_EQ(prune.status, 0) << prune.err;
    EXPECT_THAT(prune.out, Not(HasSubstr("leftover")));
    ++prunes;
  } while (!pull->wait(std::chrono::milliseconds(50)));
  EXPECT_EQ(pull->wait(std::chrono::seconds(1)), 0) << pull->err();
  EXPECT_GT(prunes, 3u);
  EXPECT_THAT(differences(ada_.store(), bob_.store()), IsEmpty());
}

TEST_F(SlowHousekeeping, prune_leaves_what_a_killed_pull_will_go_on_with_unless_told_otherwise) {
  push_model({.weights = 64 << 20});
  const auto pull = begun_pull();
  pull->signal(SIGKILL);
  pull->wait(std::chrono::seconds(10));
  const auto before = bob_.regtool({"prune", "--json"});
  EXPECT_THAT(before.out, HasSubstr(R"("leftovers":[],)"));
  EXPECT_THAT(before.out, Not(HasSubstr(R"("younger":{"blobs":0,"leftovers":0,)")));
  EXPECT_TRUE(has_journal());
  const auto told = bob_.regtool({"prune", "--older-than", "0s"});
  EXPECT_EQ(told.status, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("\nremoved "));
  EXPECT_TRUE(fs::is_empty(staging()));
}

}  // namespace
}  // namespace regtool
