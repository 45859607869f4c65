#pragma once
// What a process does to the files under a folder, call by call; and its end at one of them.
//
// file_calls.cpp puts itself between the program and libc's calls that change files: what links it, or preloads it, is
// watched as soon as somebody calls watch_files().

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace regtool {

enum class FileOp : std::uint8_t {
  create,
  write,
  resize,
  rename,
  unlink,
  make_folder,
  remove_folder,
  sync,
  sync_failed,
  times
};

// A call that was carried out. Paths are relative to the folder.
struct FileEvent {
  FileOp op = FileOp::times;
  bool folder = false;       // of sync: a folder's entries
  std::uint64_t inode = 0;   // of the file
  std::uint64_t offset = 0;  // of write
  std::uint64_t length = 0;  // of write; the new size of resize
  char path[176] = {};
  char target[176] = {};  // of rename
};

// Its memory is shared with forked processes, so that a parent can see what a child did until it was killed.
class FileHistory {
 public:
  // Keeps a second link to each file in `attic`, where that is given: so nothing that ever was is gone.
  explicit FileHistory(std::filesystem::path root, std::filesystem::path attic = {});
  ~FileHistory();
  FileHistory(const FileHistory&) = delete;
  FileHistory& operator=(const FileHistory&) = delete;

  const std::filesystem::path& root() const noexcept { return root_; }
  const std::filesystem::path& attic() const noexcept { return attic_; }

  // Begins anew. Where the `nth` call would be made (0: never), the process ends by SIGKILL, or, if `error` is not 0,
  // that call fails with it. Counts the calls of one kind, or all.
  void start(std::uint64_t nth, int error = 0, std::optional<FileOp> only = {});

  std::span<const FileEvent> events() const noexcept;
  std::uint64_t calls() const noexcept { return shared_->calls; }

  // Waits until a file was synced, or a call was struck; at most that long.
  void wait_for_sync(std::chrono::milliseconds patience);

  // Does that, unwatched, just before the next file is renamed.
  void before_next_rename(std::function<void()> event) { event_ = std::move(event); }

  // For file_calls.cpp. The path relative to the root; "" when it is elsewhere.
  std::string_view inside(const char* path) const noexcept;

  // Held for each call with what is noted of it.
  std::mutex& mutex() noexcept { return mutex_; }

  // Counts a call. True when it is the one that is not to be made.
  bool strikes(FileOp op) noexcept;
  void add(const FileEvent& event) noexcept;

  // Ends the process as kill -9 does, or returns the error to fail with.
  int strike() const noexcept;

 private:
  static constexpr std::size_t max_events = 16384;
  struct Shared {
    std::atomic<std::uint64_t> calls;
    std::atomic<std::uint64_t> count;
    FileEvent events[max_events];
  };

  const std::filesystem::path root_;
  const std::filesystem::path attic_;
  std::mutex mutex_;
  std::function<void()> event_;
  std::condition_variable synced_;
  bool has_synced_ = false;
  std::uint64_t nth_ = 0;
  int error_ = 0;
  std::optional<FileOp> only_;
  Shared* const shared_;
};

// From now on this process's calls go into `history`; null: into none. Syncs are noted, and not carried out.
void watch_files(FileHistory* history) noexcept;
FileHistory* watched_files() noexcept;

// For as long as it lives.
class Watching {
 public:
  explicit Watching(FileHistory& history) { watch_files(&history); }
  ~Watching() { watch_files(nullptr); }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
};

}  // namespace regtool
