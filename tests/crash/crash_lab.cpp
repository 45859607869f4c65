#include "crash_lab.hpp"

#include "common/folder_refs.hpp"
#include "common/folder_store.hpp"
#include "digest_of.hpp"
#include "engine/manifest.hpp"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr const char* repository = "ns/model";

struct Layers {
  std::string shared = some_bytes(3000, 1);
  std::string replaced = some_bytes(2000, 2);
  std::string weights = some_bytes((9 << 20) + 77, 3);
  std::vector<std::string> small{some_bytes(500, 4), some_bytes(70'000, 5), "", some_bytes(1, 6)};

  std::vector<std::string> before() const { return {shared, replaced}; }
  std::vector<std::string> after() const {
    std::vector<std::string> all{shared, weights};
    all.insert(all.end(), small.begin(), small.end());
    return all;
  }
};

const Layers& layers() {
  static const Layers made;
  return made;
}

Reference model() { return *Reference::parse(std::string("registry.test/") + repository); }

}  // namespace

CrashLab::CrashLab() {
  lab_.settings.connections = 3;
  open();
  const Watching watching(history_);
  history_.start(0);
  old_manifest_ = lab_.publish(repository, layers().before());
  EXPECT_TRUE(pull());
  new_manifest_ = lab_.publish(repository, layers().after());
}

void CrashLab::open() {
  store_ = make_folder_store(root(), ollama_layout);
  refs_ = make_folder_refs(root());
}

const std::string& CrashLab::weights() const { return layers().weights; }

fs::path CrashLab::blob(const std::string& bytes) const {
  return root() / "blobs" / ("sha256-" + std::string(digest_of(bytes).hex()));
}

Result<> CrashLab::pull() {
  const Toolkit toolkit{*store_, *refs_, *lab_.verifier, lab_.settings, lab_.board};
  REGTOOL_TRY(regtool::pull(lab_.fake.context(), toolkit, lab_.access, model(), {}));
  return {};
}

Result<> CrashLab::pull_slowly() {
  std::atomic<unsigned> requests = 0;
  lab_.registry.plan().on({.method = "GET", .target = descriptor_of(weights()).digest.text()}, Times::always(),
                          [&](const HttpRequest& request, const Handler& real) {
                            // The second part is given when the first one is durable.
                            const bool second = request.header("Range").starts_with("bytes=8388608-");
                            if (requests++ > 0 && second) history_.wait_for_sync(std::chrono::seconds(5));
                            return real(request);
                          });
  auto result = pull();
  lab_.registry.plan().clear();
  return result;
}

Result<> CrashLab::pull_in_two_tries() {
  const auto tries = std::exchange(lab_.settings.tries, 1);
  lab_.registry.plan().on({.method = "GET", .target = descriptor_of(weights()).digest.text()}, Times::once(),
                          cut_at(Moment::in_body(6'000'000)));
  (void)pull();  // of a big blob that an earlier run has brought home, nothing breaks off
  lab_.registry.plan().clear();
  lab_.settings.tries = tries;
  return pull();
}

// The status with which another process ends that does it.
int CrashLab::run_apart(const Run& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    open();
    watch_files(&history_);
    ::_exit(run(*this) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

bool CrashLab::crash(const Run& run, std::uint64_t nth, Disk disk, unsigned seed) {
  const auto before = remember(history_);
  history_.start(nth);
  const int status = run_apart(run);
  const bool ended = WIFEXITED(status);
  EXPECT_TRUE(ended ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL) << "status " << status;
  if (disk != Disk::keeps_all) lose_power(history_, before, disk, seed);
  open();
  return ended;
}

bool CrashLab::fail(const Run& run, std::uint64_t nth, int error, unsigned seed, std::optional<FileOp> only) {
  const auto before = remember(history_);
  history_.start(nth, error, only);
  const int status = run_apart(run);
  EXPECT_TRUE(WIFEXITED(status)) << "status " << status;
  lose_power(history_, before, Disk::journalled, seed);
  open();
  return status == 0;
}

bool CrashLab::has_new_version() { return refs_->resolve(lab_.fake.context(), model())->value_or("") == new_manifest_; }

std::uint64_t CrashLab::count_calls(const Run& run) {
  EXPECT_TRUE(crash(run, 0, Disk::keeps_all));
  return history_.calls();
}

void CrashLab::expect_sound() {
  const auto blobs = store_->list(lab_.fake.context());
  ASSERT_TRUE(blobs);
  for (const auto& info : *blobs) {
    const auto path = root() / "blobs" / ("sha256-" + std::string(info.digest.hex()));
    EXPECT_EQ(digest_of(read_file(path)), info.digest);
  }
  for (const auto& entry : fs::directory_iterator(root() / "blobs")) {
    EXPECT_EQ(entry.path().filename().string().size(), std::string("sha256-").size() + 64) << entry.path();
  }
  const auto linked = refs_->resolve(lab_.fake.context(), model());
  ASSERT_TRUE(linked);
  ASSERT_TRUE(*linked == old_manifest_ || *linked == new_manifest_) << linked->value_or("nothing");
  const auto manifest = Manifest::parse(**linked);
  ASSERT_TRUE(manifest);
  for (const auto& layer : manifest->distinct_blobs()) {
    EXPECT_TRUE(fs::exists(root() / "blobs" / ("sha256-" + std::string(layer.blob.digest.hex()))));
  }
}

unsigned CrashLab::damage_staged() {
  unsigned count = 0;
  for (const auto& entry : fs::directory_iterator(root() / ".regtool" / "staging")) {
    if (entry.path().extension() == ".journal" || entry.path().extension() == ".new") continue;
    auto bytes = read_file(entry.path());
    if (bytes.empty()) continue;
    bytes.front() = static_cast<char>(bytes.front() ^ 1);
    std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::binary).put(bytes.front());
    ++count;
  }
  return count;
}

void CrashLab::expect_recovery() {
  const Watching watching(history_);
  history_.start(0);
  const auto pulled = pull();
  ASSERT_TRUE(pulled) << pulled.error().message;
  expect_sound();
  EXPECT_TRUE(has_new_version());
  for (const auto& bytes : layers().after()) EXPECT_TRUE(read_file(blob(bytes)) == bytes);
}

}  // namespace regtool
