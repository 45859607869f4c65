#pragma once
// Files and folders of the local machine, with Errors instead of what the system says. One source file a platform.

#include <regtool/range.hpp>
#include <regtool/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool::local {

using Path = std::filesystem::path;

// An open file, closed with its owner. False when there is none.
class File {
 public:
  File() = default;
  explicit File(std::intptr_t handle) noexcept : handle_(handle) {}
  File(File&& other) noexcept : handle_(std::exchange(other.handle_, none)) {}
  File& operator=(File&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~File();

  // A file descriptor, or a HANDLE on Windows.
  std::intptr_t handle() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != none; }

 private:
  static constexpr std::intptr_t none = -1;
  std::intptr_t handle_ = none;
};

enum class Kind : std::uint8_t { file, folder, other };

struct FileInfo {
  Kind kind = Kind::other;
  std::uint64_t device = 0, number = 0;  // together they tell files apart
  std::uint64_t size = 0;                // bytes
  std::uint64_t on_disk = 0;             // bytes that it takes up there
  std::int64_t modified = 0;             // nanoseconds since 1970

  bool same_file(const FileInfo& other) const noexcept { return device == other.device && number == other.number; }
};

std::chrono::system_clock::time_point modified(const FileInfo& info) noexcept;

// Opens for reading, or for reading and writing. Nothing when there is no such file; Errc::invalid_argument when it is
// no regular file; Errc::unavailable when another program lets nobody open it.
enum class Access : std::uint8_t { read, read_write };
Result<File> open_file(const Path& path, Access access);

// Creates a file that was not there, for reading and writing, with the modes that the umask leaves of 0644.
// Nothing when there is one.
Result<File> create_file(const Path& path);

// Creates a file that only this process can reach, for reading and writing: it is gone once it is closed.
Result<File> create_nameless_file(const Path& folder);

Result<> write_at(const File& file, const Path& path, std::uint64_t offset, std::span<const std::byte> data);
Result<std::size_t> read_at(const File& file, const Path& path, std::uint64_t offset, std::span<std::byte> out);

// All bytes of a small file; Errc::corrupt if there are more than `limit`.
Result<std::string> read_all(const File& file, const Path& path, std::size_t limit);

// Copies a range from the same place of another file, sharing the blocks where the file system can.
Result<> copy_range(const File& from, const File& to, const Path& path, Range range);

Result<FileInfo> info_of(const File& file, const Path& path);

// What is at the end of a path and of the links on it; nothing when there is nothing.
Result<std::optional<FileInfo>> look_at(const Path& path);

// The path, without a link at its end, leads to this very file.
bool leads_to(const Path& path, const FileInfo& file) noexcept;

Result<> resize(const File& file, const Path& path, std::uint64_t size);

// Has ranges that were never written, or were given up by trim(), take no space and read as zeros, where the file
// system can. Best effort.
void make_sparse(const File& file) noexcept;
void trim(const File& file, Range range) noexcept;

// Bytes that are free for us on the disk of an open file; nothing where the disk does not say.
std::optional<std::uint64_t> free_space(const File& file) noexcept;

// Durable: the data with its size, or the times as well; the entries of a folder.
Result<> sync_data(const File& file, const Path& path);
Result<> sync_all(const File& file, const Path& path);
Result<> sync_folder(const Path& folder);

// Lets the disk begin before anybody waits for it. Also gives the file a time of change that no later write can have by
// chance: the system's own times are coarse.
void start_write_back(const File& file) noexcept;

// Puts `from` in the place of `to`. False when there is no `from`, or no folder of `to`. Errc::unavailable while
// another program has `to` open in a way that forbids this.
Result<bool> rename_file(const Path& from, const Path& to);

// The file at `to` of the rename_file() that comes next: closes it where the system cannot replace what is open.
void let_be_replaced(File& file) noexcept;

// False when it is not there.
Result<bool> remove_file(const Path& path);
void remove_quietly(const Path& path) noexcept;

// False when it is not there, or not empty.
bool remove_empty_folder(const Path& folder) noexcept;

// Takes the file for this process, until it is closed. False when a living process has it. A file system that knows no
// locks has none to respect.
bool lock(const File& file) noexcept;

// Whether a lock on a file keeps out every other process that can reach it.
enum class Locks : std::uint8_t {
  reliable,    // a local file system
  unreliable,  // a network file system, or one we do not know
};
Locks locks_of(const File& file) noexcept;

// Writes a new file, durably. Errc::already_exists when it is there; on failure it is not.
Result<> write_new_file(const Path& path, std::string_view bytes);

// Writes a new file `temporary`, durably, and then puts it in the place of `target`. True if that was done; false when
// the folder of `target` is not there.
Result<bool> replace_file(const Path& temporary, const Path& target, std::string_view bytes);

// Adds to the end of a file, in one write; makes the file. Best effort.
void append(const Path& path, std::string_view bytes) noexcept;

// Makes the folder and what is missing above it, durably, with the modes that the umask leaves of 0755.
Result<> make_folders(const Path& folder);

// The names in a folder, in byte order; none when there is no such folder.
Result<std::vector<std::string>> entries(const Path& folder);

// A rename from one folder to the other is possible: even on one disk it does not cross mounts.
Result<bool> same_mount(const Path& a, const Path& b);

// What a part of a model's name is called as a file, and back: as it is, where the file system lets it.
std::string file_name_of(std::string_view part);
std::string part_of(std::string_view file_name);

// A name for a temporary file in `folder`: "<name>.<16 random hex digits>".
Path temporary_in(const Path& folder, std::string_view name);

// Removes the temporary files of that name which a crash has left. Should one be somebody's still, he writes another.
void remove_old_temporaries(const Path& folder, std::string_view name) noexcept;

}  // namespace regtool::local
