// Exports and imports that are killed in the middle go on, and leave nothing that is not whole.

#include "two_stores.hpp"

#include <chrono>
#include <csignal>
#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class KilledBundle : public TwoStores {
 protected:
  static constexpr const char* gemma = "registry.ollama.ai/demo/gemma:2b";
  static constexpr std::uint64_t weights = 160 << 20;

  template <class Condition>
  static void await(Process& program, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
      ASSERT_EQ(program.wait(std::chrono::milliseconds(1)), std::nullopt) << program.err();
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }

  static void kill(Process& program) {
    program.signal(SIGKILL);
    ASSERT_EQ(program.wait(std::chrono::seconds(10)), 128 + SIGKILL);
  }

  // The pipe gives part of a bundle, and then nothing more.
  std::unique_ptr<Process> import_from_a_pipe_that_stalls() {
    make(gemma, {.weights = weights});
    regtool({"export", "demo/gemma:2b", "models.tar"});
    shell("mkfifo pipe");
    feeder_ = std::make_unique<Process>(
        Command{.words = {"bash", "-c", "exec 3> pipe; head -c 100000000 models.tar >&3; exec sleep 100"},
                .folder = user_.home()});
    user_.run_through({"sh", "-c", "exec \"$@\" < pipe", "sh"});
    auto program = user_.start({"import", "-", "--store", "second"});
    user_.run_through({});
    return program;
  }

  // A journal says that some of it is durable.
  bool has_checkpoint() const {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(second() / ".regtool/staging", none)) {
      if (entry.path().extension() == ".journal") return true;
    }
    return false;
  }

 private:
  std::unique_ptr<Process> feeder_;
};

TEST_F(KilledBundle, an_import_from_a_pipe_goes_on_from_a_file) {
  const auto first = import_from_a_pipe_that_stalls();
  await(*first, [&] { return has_checkpoint(); });
  kill(*first);
  EXPECT_FALSE(fs::exists(second() / "manifests"));
  const auto second_run = user_.regtool({"import", "models.tar", "--store", "second"});
  ASSERT_EQ(second_run.status, 0) << second_run.err;
  EXPECT_THAT(second_run.err, HasSubstr(", from "));
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(KilledBundle, an_import_that_is_interrupted_ends_at_once_and_keeps_what_it_has) {
  const auto first = import_from_a_pipe_that_stalls();
  await(*first, [&] { return has_checkpoint(); });
  first->signal(SIGINT);
  ASSERT_EQ(first->wait(std::chrono::seconds(5)), 130) << first->err();
  EXPECT_THAT(first->err(), HasSubstr("run the same command again to resume"));
  const auto second_run = user_.regtool({"import", "models.tar", "--store", "second"});
  EXPECT_THAT(second_run.err, HasSubstr(", from "));
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(KilledBundle, an_import_from_a_pipe_that_breaks_is_refused_and_goes_on) {
  make(gemma, {.weights = weights});
  const auto cut = user_.shell("regtool export demo/gemma:2b - | head -c 100000000 | regtool import - --store second");
  EXPECT_NE(cut.status, 0);
  EXPECT_FALSE(fs::exists(second() / "manifests"));
  shell("regtool export demo/gemma:2b - | regtool import - --store second 2> err");
  EXPECT_THAT(read_file(file("err")), HasSubstr(", from "));
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

TEST_F(KilledBundle, an_export_goes_on_and_is_the_same_file) {
  make(gemma, {.weights = weights});
  shell("regtool export demo/gemma:2b - > expected.tar");
  const auto partial = file("models.tar.partial");
  const auto first = user_.start({"export", "demo/gemma:2b", "models.tar"});
  await(*first, [&] {
    std::error_code none;
    return fs::exists(partial) && fs::file_size(partial, none) > weights / 4;
  });
  kill(*first);
  EXPECT_FALSE(fs::exists(file("models.tar")));
  regtool({"export", "demo/gemma:2b", "models.tar"});
  shell("cmp models.tar expected.tar");
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(KilledBundle, a_copy_between_stores_goes_on) {
  make(gemma, {.weights = weights});
  const auto first = user_.start({"cp", "demo/gemma:2b", "--to-store", "second"});
  await(*first, [&] { return has_checkpoint(); });
  kill(*first);
  EXPECT_FALSE(fs::exists(second() / "manifests"));
  const auto second_run = user_.regtool({"cp", "demo/gemma:2b", "--to-store", "second"});
  ASSERT_EQ(second_run.status, 0) << second_run.err;
  EXPECT_THAT(second_run.err, HasSubstr(", from "));
  EXPECT_THAT(differences(user_.store(), second()), IsEmpty());
}

}  // namespace
}  // namespace regtool
