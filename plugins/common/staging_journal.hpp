#pragma once
// The journal beside a staged file: which of its bytes are durable. Text, one line a checkpoint, the last one counts.

#include <regtool/range.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace regtool {

// What a journal belongs to. A journal that was left by another file of the same name says nothing.
struct JournalOwner {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // of the whole blob
};

std::string journal_line(const JournalOwner& owner, const RangeSet& durable);

// Reads whatever is in the file: lines that are cut, foreign or out of bounds count for nothing.
RangeSet parse_journal(std::string_view journal, const JournalOwner& owner);

}  // namespace regtool
