#pragma once

#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <utility>

namespace regtool {

// A small disk of its own at `folder`, seen by this process alone, where the system lets us mount one.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path folder, const char* size = "1m") : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    mounted_ = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("none", folder_.c_str(), "tmpfs", 0, ("size=" + std::string(size)).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool make_read_only() const {
    return ::mount("none", folder_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

 private:
  const std::filesystem::path folder_;
  bool mounted_ = false;
};

// A store under test (with `root()`, its folder) on a disk of its own, for the MediumSuite.
template <typename FolderUnderTest>
class OnSmallDisk final : public FolderUnderTest {
 public:
  bool make_full() override {
    if (!disk_.mounted()) return false;
    std::ofstream filler(FolderUnderTest::root() / "filler", std::ios::binary);
    const std::string piece(4096, 'x');
    while (filler << piece << std::flush) continue;
    return true;
  }

  bool make_read_only() override { return disk_.mounted() && disk_.make_read_only(); }

 private:
  const SmallDisk disk_{FolderUnderTest::root()};
};

}  // namespace regtool
