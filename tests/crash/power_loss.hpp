#pragma once
// The state in which a disk may be found after the power went.

#include "file_history.hpp"

#include <map>
#include <set>
#include <string>

namespace regtool {

// What a disk promises about changes that nobody has synced.
enum class Disk : std::uint8_t {
  keeps_all,   // the process was killed, and the power did not go
  journalled,  // changes of folders are lost from some moment on; of unsynced bytes any may be zero
  careless,    // every change of a folder that was not itself synced is lost, or not, by itself
};

// The files of a folder, by path, with their inodes; and the folders.
struct FolderState {
  std::map<std::string, std::uint64_t> files;
  std::set<std::string> folders;
};

// The state of the history's root, all of it durable. Puts a link to each file into the attic.
FolderState remember(const FileHistory& history);

// Makes the history's root what it may be after a power loss at the end of the history. `before` is the state at its
// beginning; different seeds lose different things.
void lose_power(const FileHistory& history, const FolderState& before, Disk disk, unsigned seed);

}  // namespace regtool
