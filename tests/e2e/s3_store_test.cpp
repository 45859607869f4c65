// The regtool binary with its store in a bucket of a real S3 service: three OSDs, and parts as large as AWS wants them.

#include "ceph.hpp"
#include "docker_registry.hpp"
#include "model_maker.hpp"
#include "model_service.hpp"
#include "same_store.hpp"
#include "sizes.hpp"
#include "user.hpp"

#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <thread>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t part = 5 * mib;

// What is on its way when a part of the download is given to another connection is counted as served.
constexpr std::uint64_t given_up = 12 * mib;

lab::Ceph& ceph() {
  static lab::Ceph ceph({.osds = 3});
  return ceph;
}

class S3Store : public testing::Test {
 protected:
  explicit S3Store(const std::string& rate = "") : service_({.rate = rate}) {
    static int count = 0;
    bucket_ = "e2e-" + std::to_string(++count);
    ceph().make_bucket(bucket_);
    service_.register_key(ada_.make_key());
    service_.register_key(bob_.make_key());
    ada_.configure(fmt::format(R"({{"registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})", service_.host()));
    use_bucket(bob_, ceph().owner());
  }

  // The one part of a user's config that is about the store.
  void use_bucket(User& user, const lab::S3Account& account, const std::string& bucket = "") const {
    user.configure(fmt::format(
        R"({{"store": {{"plugin": "s3", "bucket": "{}", "prefix": "models", "endpoint": "{}", "part-size": "5M",
             "spool": "{}", "spool-size": "40M"}},
             "registries": {{"{}": {{"auth": {{"plugin": "ssh-key"}}}}}}}})",
        bucket.empty() ? bucket_ : bucket, ceph().url(), user.home().string(), service_.host()));
    user.set_environment("AWS_ACCESS_KEY_ID", account.access_key);
    user.set_environment("AWS_SECRET_ACCESS_KEY", account.secret_key);
  }

  void push_model(const lab::ModelShape& shape) {
    model_ = lab::make_model(ada_.store(), {service_.host(), "demo/gemma", "2b"}, shape);
    const auto push = ada_.regtool({"push", name(), "--insecure"});
    ASSERT_EQ(push.status, 0) << push.err;
  }

  Outcome pull() const { return bob_.regtool({"pull", name(), "--insecure"}); }
  std::string name() const { return service_.host() + "/demo/gemma:2b"; }
  std::string weights_key() const { return "models/blobs/sha256-" + model_.weights; }

  // What a copy of the bucket's folder to a disk gives is a store of Ollama's.
  void expect_right() const {
    const TempDir copy;
    for (const auto& key : ceph().keys(bucket_)) {
      ASSERT_TRUE(key.starts_with("models/")) << key;
      write_file(copy / key, ceph().call("GET", "/" + bucket_ + "/" + key).body);
    }
    EXPECT_THAT(differences(ada_.store(), copy / "models"), IsEmpty());
    EXPECT_THAT(ceph().keys(bucket_, "models/.regtool/"), IsEmpty());
  }

  // How much of the weights a run that is killed now would have kept.
  std::uint64_t recorded() const {
    for (const auto& key : ceph().keys(bucket_, "models/.regtool/staging/")) {
      const auto record = ceph().call("GET", "/" + bucket_ + "/" + key).body;
      const auto at = record.find("\nhashed ");
      if (at != record.npos) return std::strtoull(record.c_str() + at + 8, nullptr, 10);
    }
    return 0;
  }

  void await_recorded(std::uint64_t bytes, Process& pull) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (recorded() < bytes) {
      ASSERT_EQ(pull.wait(std::chrono::milliseconds(20)), std::nullopt) << pull.err();
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }

  lab::ModelService service_;
  std::string bucket_;
  User ada_, bob_;
  lab::MadeModel model_;
};

class SlowS3Store : public S3Store {
 protected:
  SlowS3Store() : S3Store("4m") {}
};

TEST_F(S3Store, takes_a_model_and_gives_it_back) {
  push_model({.weights = sizes().weights, .tensors = 40});
  const auto pulled = pull();
  ASSERT_EQ(pulled.status, 0) << pulled.err;
  expect_right();
  EXPECT_THAT(bob_.regtool({"list"}).out, HasSubstr("demo/gemma:2b"));
  EXPECT_THAT(bob_.regtool({"show", name()}).out, HasSubstr("gemma"));
  const auto verified = bob_.regtool({"verify"});
  EXPECT_EQ(verified.status, 0) << verified.err;

  const auto before = service_.cdn().bytes_served(model_.weights);
  EXPECT_THAT(pull().out, HasSubstr("up to date"));
  EXPECT_EQ(service_.cdn().bytes_served(model_.weights), before);

  const lab::DockerRegistry other;
  const auto elsewhere = other.host() + "/demo/gemma:2b";
  const auto push = bob_.regtool({"push", name(), "--as", elsewhere, "--insecure"});
  ASSERT_EQ(push.status, 0) << push.err;
  EXPECT_TRUE(run({.words = {"cmp", ada_.store() / "blobs" / ("sha256-" + model_.weights), other.blob(model_.weights)}})
                  .status == 0);

  ASSERT_EQ(bob_.regtool({"rm", name()}).status, 0);
  EXPECT_THAT(ceph().keys(bucket_), IsEmpty());
}

TEST_F(SlowS3Store, goes_on_where_a_killed_pull_was) {
  const std::uint64_t size = 64 * mib;
  push_model({.weights = size});
  const auto first = bob_.start({"pull", name(), "--insecure"});
  await_recorded(8 * part, *first);
  first->signal(SIGKILL);
  ASSERT_EQ(first->wait(std::chrono::seconds(10)), 128 + SIGKILL);
  EXPECT_EQ(ceph().call("HEAD", "/" + bucket_ + "/" + weights_key()).status, 404);

  const auto before = service_.cdn().bytes_served(model_.weights);
  const auto second = pull();
  ASSERT_EQ(second.status, 0) << second.err;
  expect_right();
  EXPECT_LT(service_.cdn().bytes_served(model_.weights) - before, size - 8 * part + given_up);
}

TEST_F(SlowS3Store, goes_on_where_an_interrupted_pull_was) {
  const std::uint64_t size = 64 * mib;
  push_model({.weights = size});
  const auto first = bob_.start({"pull", name(), "--insecure"});
  await_recorded(4 * part, *first);
  const auto interrupted = std::chrono::steady_clock::now();
  first->signal(SIGINT);
  ASSERT_EQ(first->wait(std::chrono::seconds(10)), 130) << first->err();
  EXPECT_LT(std::chrono::steady_clock::now() - interrupted, std::chrono::seconds(3));
  const auto kept = recorded();
  EXPECT_GE(kept, 4 * part);

  const auto before = service_.cdn().bytes_served(model_.weights);
  const auto second = pull();
  ASSERT_EQ(second.status, 0) << second.err;
  expect_right();
  EXPECT_LT(service_.cdn().bytes_served(model_.weights) - before, size - kept + given_up);
}

TEST_F(SlowS3Store, loses_nothing_when_parts_of_the_service_die) {
  push_model({.weights = 96 * mib});
  const auto pulling = bob_.start({"pull", name(), "--insecure"});
  await_recorded(part, *pulling);
  ceph().kill_osd(2);
  await_recorded(4 * part, *pulling);
  ceph().kill_gateway();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ceph().start_gateway();
  ASSERT_EQ(pulling->wait(std::chrono::minutes(2)), 0) << pulling->err();
  expect_right();
}

// A disk that has room for what waits to be uploaded, and for nothing more.
TEST_F(S3Store, needs_no_more_disk_than_it_was_given) {
  push_model({.weights = 192 * mib});
  const auto with_disk = [&](const std::string& size) {
    bob_.run_through({"unshare", "--mount", "sh", "-c",
                      fmt::format("mount -t tmpfs -o size={} none '{}' || exit 99; exec \"$@\"", size,
                                  (bob_.home() / "spool").string()),
                      "sh"});
  };
  std::filesystem::create_directory(bob_.home() / "spool");
  with_disk("80m");
  if (bob_.regtool({"version"}).status != 0) GTEST_SKIP() << "needs the right to mount";
  const auto spool = "store.spool=" + (bob_.home() / "spool").string();
  // The bound is that of the option and one part for each blob under way: of these there are six.
  const auto pulled = bob_.regtool({"--set", spool, "pull", name(), "--insecure"});
  ASSERT_EQ(pulled.status, 0) << pulled.err;
  expect_right();

  with_disk("64k");
  const lab::DockerRegistry other;
  const auto push =
      bob_.regtool({"--set", spool, "push", name(), "--as", other.host() + "/demo/gemma:2b", "--insecure"});
  EXPECT_EQ(push.status, 0) << push.err;
  const auto full = bob_.regtool({"--set", spool, "--set", "store.prefix=other", "pull", name(), "--insecure"});
  EXPECT_EQ(full.status, 7) << full.err;
  EXPECT_THAT(full.err, HasSubstr("store.spool"));
}

// Sanitizers need memory of their own. GCC does not know __has_feature, and is not used with them here.
#if !defined(__has_feature)
TEST_F(S3Store, needs_no_more_memory_for_a_larger_blob) {
  const auto peak = [&](const std::vector<std::string>& words) {
    const auto file = bob_.home() / "peak";
    bob_.run_through({"/usr/bin/time", "-f", "%M", "-o", file.string()});
    const auto outcome = bob_.regtool(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return std::strtoul(read_file(file).c_str(), nullptr, 10) / 1024;
  };
  for (const std::uint64_t size : {32 * mib, 256 * mib}) {
    push_model({.weights = size, .seed = size});
    const lab::DockerRegistry other;
    EXPECT_LT(peak({"pull", name(), "--insecure"}), 64u) << size;
    EXPECT_LT(peak({"push", name(), "--as", other.host() + "/demo/gemma:2b", "--insecure"}), 48u) << size;
  }
}
#endif

TEST_F(S3Store, says_what_is_wrong_in_one_line_and_loses_nothing) {
  push_model({});
  ASSERT_EQ(pull().status, 0);
  const auto expect = [&](const User& user, const std::vector<std::string>& words, int status,
                          const std::string& said) {
    const auto outcome = user.regtool(words);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(said));
    EXPECT_THAT(outcome.err, Not(HasSubstr("not-a-secret")));
    EXPECT_THAT(outcome.out, IsEmpty());
  };
  User eve;
  use_bucket(eve, {"NOBODY", "not-a-secret"});
  expect(eve, {"list"}, 3, "AWS_ACCESS_KEY_ID");
  use_bucket(eve, ceph().owner(), "nowhere");
  expect(eve, {"list"}, 2, "there is no bucket nowhere");
  use_bucket(eve, ceph().make_reader());
  EXPECT_EQ(eve.regtool({"list"}).status, 0);
  expect(eve, {"rm", name()}, 3, "AccessDenied");
  expect(eve, {"cp", name(), service_.host() + "/demo/gemma:copy"}, 3, "more rights");
  expect_right();
}

}  // namespace
}  // namespace regtool
