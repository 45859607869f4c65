#pragma once
// A lease on a file (fcntl(2), "Leases"): proof that nobody else on this machine has it open.

#include "posix_file.hpp"

namespace regtool::posix {

// Held from construction, if it could be had, until destruction. An open by another process waits meanwhile.
class ExclusiveLease {
 public:
  explicit ExclusiveLease(const Fd& file) noexcept;
  ExclusiveLease(const ExclusiveLease&) = delete;
  ExclusiveLease& operator=(const ExclusiveLease&) = delete;
  ~ExclusiveLease();

  // Still nobody else has it open, or waits for it. False as well on a file system without leases, and for a file of
  // another user.
  bool held() const noexcept;

 private:
  const int fd_;
};

}  // namespace regtool::posix
