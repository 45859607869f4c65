#include "file_history.hpp"

#include <csignal>
#include <new>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace regtool {
namespace {

std::atomic<FileHistory*> watched = nullptr;

}  // namespace

void watch_files(FileHistory* history) noexcept { watched = history; }
FileHistory* watched_files() noexcept { return watched; }

FileHistory::FileHistory(std::filesystem::path root, std::filesystem::path attic)
    : root_(std::move(root)),
      attic_(std::move(attic)),
      shared_(static_cast<Shared*>(
          ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
  if (shared_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
}

FileHistory::~FileHistory() { ::munmap(shared_, sizeof(Shared)); }

void FileHistory::start(std::uint64_t nth, int error, std::optional<FileOp> only) {
  has_synced_ = false;
  nth_ = nth;
  error_ = error;
  only_ = only;
  shared_->calls = 0;
  shared_->count = 0;
}

std::span<const FileEvent> FileHistory::events() const noexcept { return {shared_->events, shared_->count.load()}; }

std::string_view FileHistory::inside(const char* path) const noexcept {
  const std::string_view whole(path);
  const auto& root = root_.native();
  if (!whole.starts_with(root) || whole.size() <= root.size() || whole[root.size()] != '/') {
    return whole == root ? "." : "";
  }
  return whole.substr(root.size() + 1);
}

bool FileHistory::strikes(FileOp op) noexcept {
  if (event_ && op == FileOp::rename) {
    watch_files(nullptr);
    std::exchange(event_, nullptr)();
    watch_files(this);
  }
  if (only_ && op != *only_) return false;
  return ++shared_->calls == nth_;
}

void FileHistory::add(const FileEvent& event) noexcept {
  if (shared_->count < max_events) shared_->events[shared_->count++] = event;
  if ((event.op != FileOp::sync && event.op != FileOp::sync_failed) || event.folder) return;
  has_synced_ = true;
  synced_.notify_all();
}

void FileHistory::wait_for_sync(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  synced_.wait_for(lock, patience, [&] { return has_synced_ || (nth_ != 0 && shared_->calls >= nth_); });
}

int FileHistory::strike() const noexcept {
  if (error_ != 0) return error_;
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

}  // namespace regtool
