#pragma once
// One run of a row of the fault matrix: a model, a lab in which the fault strikes, and what to look at afterwards.

#include <regtool/auth.hpp>

#include "fault_matrix.hpp"
#include "parallel_clock.hpp"

#include <memory>

namespace regtool {

// What the model consists of: 24 MiB in one layer, or 60 layers of 4 KiB.
const std::vector<std::string>& layers_of(Shape shape);
std::uint64_t bytes_of(Shape shape);

class FaultLab {
 public:
  FaultLab(const Fault& fault, Direction direction, Shape shape);

  // A run in which the fault strikes; a run after it was lifted.
  Result<> run_under_fault();
  Result<> run_without_fault();

  // Of the last run.
  std::uint64_t moved();
  std::chrono::milliseconds waited() const { return clock_->elapsed(); }

  bool fault_struck() const { return *site_.struck > 0; }

  // The destination has every blob, with the right bytes, and the name points to the right manifest.
  void expect_complete();

  // No blob at the destination has a wrong byte, and if there is a manifest all its blobs are there.
  void expect_nothing_half_done();

  // The requests of the last run, for messages of failed tests.
  std::string log() { return lab_.registry.log().text(); }

 private:
  Result<> run();
  bool has_manifest();
  bool has(const std::string& bytes);

  const Fault& fault_;
  EngineLab lab_;
  FaultSite site_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<ParallelClock> clock_;
  std::string manifest_;
};

}  // namespace regtool
