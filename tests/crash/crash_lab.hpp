#pragma once
// A pull into a real folder, by a process that ends in the middle of it.

#include "engine_lab.hpp"
#include "power_loss.hpp"
#include "temp_dir.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace regtool {

// A store that has one version of a model, and a registry that has the next.
class CrashLab {
 public:
  CrashLab();

  // What a run does: called in a process of its own, or in this one.
  using Run = std::function<Result<>(CrashLab&)>;

  // The new version is pulled at once; so slowly that a checkpoint is made on the way; or in a first try that breaks
  // off in the middle of the big blob, and a second one.
  Result<> pull();
  Result<> pull_slowly();
  Result<> pull_in_two_tries();

  // Runs until the `nth` call that changes a file (0: to its end). The process ends there, and the disk loses what it
  // may lose. True if the run had come to its end before.
  bool crash(const Run& run, std::uint64_t nth, Disk disk, unsigned seed = 0);

  // Runs with that call failing, of all or of those of one kind; when the process has ended, the power goes. True if
  // the run succeeded.
  bool fail(const Run& run, std::uint64_t nth, int error, unsigned seed, std::optional<FileOp> only = {});

  // Runs to its end, and tells how many calls that took.
  std::uint64_t count_calls(const Run& run);

  bool has_new_version();

  // Whatever stands under a blob's name has its bytes; what a name points to is whole, and is one of the two versions.
  void expect_sound();

  // Changes a byte of each file of unfinished blobs behind the back of their journals. Returns how many there were.
  unsigned damage_staged();

  // A pull now succeeds, and the store has the new version. Unfinished files may be left over.
  void expect_recovery();

  std::filesystem::path blob(const std::string& bytes) const;
  std::filesystem::path root() const { return folder_ / "models"; }
  const std::string& weights() const;

 private:
  void open();
  int run_apart(const Run& run);

  const TempDir folder_;
  FileHistory history_{folder_ / "models", folder_ / "attic"};
  EngineLab lab_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Refs> refs_;
  std::string old_manifest_, new_manifest_;
};

}  // namespace regtool
