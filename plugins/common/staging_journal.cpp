#include "staging_journal.hpp"

#include "checked_line.hpp"

#include <optional>

namespace regtool {
namespace {

constexpr std::string_view version = "1";

std::optional<Range> parse_range(std::string_view word, std::uint64_t size) {
  const auto plus = word.find('+');
  if (plus == word.npos) return std::nullopt;
  const auto first = number_of(word.substr(0, plus));
  const auto length = number_of(word.substr(plus + 1));
  if (!first || !length || *first > size || *length > size - *first) return std::nullopt;
  return Range{*first, *length};
}

std::optional<RangeSet> parse_line(std::string_view text, const JournalOwner& owner) {
  if (take_word(text) != version || number_of(take_word(text)) != owner.inode ||
      number_of(take_word(text)) != owner.size) {
    return std::nullopt;
  }
  RangeSet durable;
  while (!text.empty()) {
    const auto range = parse_range(take_word(text), owner.size);
    if (!range) return std::nullopt;
    durable.add(*range);
  }
  return durable;
}

}  // namespace

std::string journal_line(const JournalOwner& owner, const RangeSet& durable) {
  std::string text(version);
  text += ' ' + std::to_string(owner.inode) + ' ' + std::to_string(owner.size);
  for (const auto& range : durable.ranges()) {
    text += ' ' + std::to_string(range.first) + '+' + std::to_string(range.length);
  }
  return checked_line(text);
}

RangeSet parse_journal(std::string_view journal, const JournalOwner& owner) {
  RangeSet durable;
  for_each_checked(journal, [&](std::string_view text) {
    if (auto parsed = parse_line(text, owner)) durable = std::move(*parsed);
  });
  return durable;
}

}  // namespace regtool
