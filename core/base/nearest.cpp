#include "base/nearest.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace regtool {
namespace {

// Insertions, deletions, substitutions and swaps of neighbours: the optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view typed, std::span<const std::string_view> known) {
  constexpr std::size_t longest = 80;  // bounds the work on hostile input
  if (typed.empty() || typed.size() > longest) return {};
  std::string_view best;
  std::size_t best_distance = typed.size();
  for (const auto name : known) {
    const auto mistakes = distance(typed, name);
    if (mistakes < best_distance && mistakes <= 1 + std::max(typed.size(), name.size()) / 4) {
      best = name;
      best_distance = mistakes;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known) {
  if (known.empty()) return {};
  if (const auto meant = nearest(typed, known); !meant.empty()) return "; did you mean \"" + std::string(meant) + "\"?";
  std::string names;
  for (const auto name : known) (names += names.empty() ? "; known: " : ", ") += name;
  return names;
}

}  // namespace regtool
