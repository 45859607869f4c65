#include "power_loss.hpp"

#include <regtool/range.hpp>

#include <algorithm>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t page = 4096;

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? "." : std::string(path.substr(0, slash));
}

// What is not durable of a file's bytes.
struct Bytes {
  RangeSet unsynced;
  RangeSet dropped;  // by a sync that failed: no later one brings them back
  std::uint64_t durable_size = 0;
  std::uint64_t size = 0;
};

class Loss {
 public:
  Loss(const FileHistory& history, const FolderState& before, Disk disk, unsigned seed)
      : history_(history), state_(before), disk_(disk), random_(seed) {
    for (const auto& [path, inode] : before.files) {
      const auto size = fs::file_size(attic(inode));
      bytes_[inode] = {{}, {}, size, size};
    }
  }

  void strike() {
    follow();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (survives(i)) apply(*changes_[i]);
    }
    rebuild();
    for (const auto& [path, inode] : state_.files) damage(inode);
  }

 private:
  fs::path attic(std::uint64_t inode) const { return history_.attic() / std::to_string(inode); }
  bool toss() { return random_() % 2 == 0; }

  // Which changes of folders are durable, and which bytes.
  void follow() {
    for (const auto& event : history_.events()) {
      switch (event.op) {
        case FileOp::write:
          bytes_[event.inode].unsynced.add({event.offset, event.length});
          bytes_[event.inode].dropped.remove({event.offset, event.length});
          bytes_[event.inode].size = std::max(bytes_[event.inode].size, event.offset + event.length);
          break;
        case FileOp::resize:
          bytes_[event.inode].size = event.length;
          break;
        case FileOp::sync:
          synced(event);
          break;
        case FileOp::sync_failed:
          for (const auto& range : bytes_[event.inode].unsynced.ranges()) bytes_[event.inode].dropped.add(range);
          bytes_[event.inode].unsynced = {};
          break;
        case FileOp::times:
          break;
        case FileOp::create:
          bytes_[event.inode] = {};
          [[fallthrough]];
        default:
          changes_.push_back(&event);
          durable_.push_back(false);
      }
    }
    first_to_lose_ = in_order_ + (changes_.size() == in_order_ ? 0 : random_() % (changes_.size() - in_order_ + 1));
  }

  void synced(const FileEvent& event) {
    if (!event.folder) {
      auto& bytes = bytes_[event.inode];
      bytes.unsynced = {};
      bytes.durable_size = bytes.size;
      return;
    }
    in_order_ = changes_.size();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = *changes_[i];
      const bool here = folder_of(change.path) == event.path ||
                        (change.op == FileOp::rename && folder_of(change.target) == event.path);
      if (here) durable_[i] = true;
    }
  }

  bool survives(std::size_t i) {
    if (disk_ == Disk::keeps_all || durable_[i]) return true;
    return disk_ == Disk::journalled ? i < first_to_lose_ : toss();
  }

  void apply(const FileEvent& change) {
    const auto forget = [&](const std::string& path) {
      if (const auto found = state_.files.find(path); found != state_.files.end() && found->second == change.inode) {
        state_.files.erase(found);
      }
    };
    switch (change.op) {
      case FileOp::create:
        state_.files[change.path] = change.inode;
        break;
      case FileOp::rename:
        forget(change.path);
        state_.files[change.target] = change.inode;
        break;
      case FileOp::unlink:
        forget(change.path);
        break;
      case FileOp::make_folder:
        state_.folders.insert(change.path);
        break;
      case FileOp::remove_folder:
        state_.folders.erase(change.path);
        break;
      default:
        break;
    }
  }

  bool reachable(const std::string& path) const {
    for (auto folder = folder_of(path); folder != "."; folder = folder_of(folder)) {
      if (!state_.folders.contains(folder)) return false;
    }
    return true;
  }

  void rebuild() {
    const auto& root = history_.root();
    fs::remove_all(root);
    fs::create_directories(root);
    for (const auto& folder : state_.folders) {
      if (reachable(folder)) fs::create_directory(root / folder);
    }
    std::erase_if(state_.files, [&](const auto& file) { return !reachable(file.first); });
    for (const auto& [path, inode] : state_.files) fs::create_hard_link(attic(inode), root / path);
  }

  // The times stay as they were: what lost its bytes must not be found out by them.
  void damage(std::uint64_t inode) {
    auto& bytes = bytes_[inode];
    if (disk_ == Disk::keeps_all) return;
    const int file = ::open(attic(inode).c_str(), O_RDWR | O_CLOEXEC);
    struct stat info {};
    ::fstat(file, &info);
    const std::string zeros(page, '\0');
    const auto wipe = [&](const RangeSet& where, auto chosen) {
      for (const auto& range : where.ranges()) {
        for (auto at = range.first; at < range.end(); at += page) {
          const auto length = std::min(page, range.end() - at);
          if (chosen()) ::pwrite(file, zeros.data(), length, static_cast<off_t>(at));
        }
      }
    };
    wipe(bytes.unsynced, [&] { return toss(); });
    wipe(bytes.dropped, [] { return true; });
    if (bytes.size != bytes.durable_size && toss()) ::ftruncate(file, static_cast<off_t>(bytes.durable_size));
    const timespec times[] = {info.st_atim, info.st_mtim};
    ::futimens(file, times);
    ::close(file);
  }

  const FileHistory& history_;
  FolderState state_;
  const Disk disk_;
  std::mt19937 random_;
  std::map<std::uint64_t, Bytes> bytes_;
  std::vector<const FileEvent*> changes_;  // of folders
  std::vector<bool> durable_;
  std::size_t in_order_ = 0;       // of a journalled disk: so many changes are durable
  std::size_t first_to_lose_ = 0;  // of a journalled disk
};

}  // namespace

FolderState remember(const FileHistory& history) {
  FolderState state;
  fs::remove_all(history.attic());
  fs::create_directories(history.attic());
  fs::create_directories(history.root());
  for (const auto& entry : fs::recursive_directory_iterator(history.root())) {
    const auto path = entry.path().lexically_relative(history.root()).string();
    if (entry.is_directory()) {
      state.folders.insert(path);
      continue;
    }
    struct stat info {};
    ::lstat(entry.path().c_str(), &info);
    state.files[path] = info.st_ino;
    ::link(entry.path().c_str(), (history.attic() / std::to_string(info.st_ino)).c_str());
  }
  return state;
}

void lose_power(const FileHistory& history, const FolderState& before, Disk disk, unsigned seed) {
  Loss(history, before, disk, seed).strike();
}

}  // namespace regtool
