#include "common/checked_line.hpp"
#include "common/staging_journal.hpp"
#include "fuzz.hpp"

// Whatever a journal says, with or without a good checksum, nothing beyond the blob's end is taken for durable.
void regtool::fuzz(std::string_view input) {
  const JournalOwner owner{7, 1 << 20};
  for (const auto& journal : {std::string(input), checked_line(input)}) {
    require(parse_journal(journal, owner).first_gap(0, ~std::uint64_t{0}).first <= owner.size);
    require(parse_journal(journal, owner).count() <= owner.size);
  }
}
