#include "ollama_partial.hpp"

#include "sole_file.hpp"

#include <rapidjson/document.h>

namespace regtool {
namespace {

constexpr std::size_t max_part_json = 4096;
constexpr int max_parts = 4096;

local::Path partial_of(const local::Path& blob) { return blob.string() + "-partial"; }
local::Path prefix_of(const local::Path& blob) { return blob.string() + ".tmp"; }
local::Path part_of(const local::Path& blob, int number) {
  return blob.string() + "-partial-" + std::to_string(number);
}

Result<RangeSet> completed_parts(const local::Path& blob) {
  RangeSet completed;
  for (int number = 0; number < max_parts; ++number) {
    const auto path = part_of(blob, number);
    REGTOOL_TRY_ASSIGN(const auto file, local::open_file(path, local::Access::read));
    if (!file) break;
    const auto json = local::read_all(file, path, max_part_json);
    if (const auto range = json ? parse_ollama_part(*json) : std::nullopt) completed.add(*range);
  }
  return completed;
}

void remove_parts(const local::Path& blob) noexcept {
  for (int number = 0; number < max_parts && local::remove_file(part_of(blob, number)).value_or(false); ++number) {
  }
}

// At every moment either the file is Ollama's, or the slot's journal speaks of it.
Result<bool> take_over(const local::Path& path, local::SoleFile file, RangeSet has, const Descriptor& what,
                       StagedSlot& slot) {
  if (!local::lock(file.file())) return false;
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(file.file(), path));
  if (info.size > what.size || has.empty()) return false;
  has.remove({info.size, ~std::uint64_t{0} - info.size});
  REGTOOL_TRY(local::sync_data(file.file(), path));
  local::remove_quietly(slot.new_journal());
  REGTOOL_TRY(local::replace_file(slot.new_journal(), slot.journal(), journal_line({info.number, what.size}, has)));
  local::let_be_replaced(slot.file);
  REGTOOL_TRY_ASSIGN(const bool moved, local::rename_file(path, slot.path));
  if (!moved) {
    // Ollama removes at its start what it has not finished.
    local::remove_quietly(slot.journal());
    return false;
  }
  if (!file.held()) {
    REGTOOL_TRY(local::rename_file(slot.path, path));
    return fail(Errc::unavailable, "another program began to fetch " + what.digest.text() + " at this moment");
  }
  REGTOOL_TRY_ASSIGN(slot.file, std::move(file).release(slot.path));
  if (!slot.file) return fail(Errc::unavailable, "another process took what Ollama had of " + what.digest.text());
  slot.facts.resumed = std::move(has);
  return true;
}

}  // namespace

std::optional<Range> parse_ollama_part(std::string_view json) {
  rapidjson::Document part;
  part.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (part.HasParseError() || !part.IsObject()) return std::nullopt;
  const auto number = [&](const char* name) -> std::optional<std::uint64_t> {
    const auto found = part.FindMember(name);
    if (found == part.MemberEnd() || !found->value.IsInt64() || found->value.GetInt64() < 0) return std::nullopt;
    return found->value.GetUint64();
  };
  const auto offset = number("Offset");
  const auto size = number("Size");
  const auto completed = number("Completed");
  if (!offset || !size || !completed || *completed > *size) return std::nullopt;
  return Range{*offset, *completed};
}

Result<> adopt_ollama_partial(const local::Path& blob, const Descriptor& what, StagedSlot& slot) {
  REGTOOL_TRY_ASSIGN(auto partial, local::SoleFile::open(partial_of(blob)));
  if (partial) {
    REGTOOL_TRY_ASSIGN(auto has, completed_parts(blob));
    REGTOOL_TRY_ASSIGN(const bool taken, take_over(partial_of(blob), std::move(partial), std::move(has), what, slot));
    if (taken) remove_parts(blob);
    return {};
  }
  REGTOOL_TRY_ASSIGN(auto prefix, local::SoleFile::open(prefix_of(blob)));
  if (!prefix) return {};
  RangeSet has;
  has.add({0, what.size});
  REGTOOL_TRY(take_over(prefix_of(blob), std::move(prefix), std::move(has), what, slot));
  return {};
}

void remove_ollama_partial(const local::Path& blob) noexcept {
  for (const auto& path : {partial_of(blob), prefix_of(blob)}) {
    if (!local::look_at(path).value_or(std::nullopt)) continue;
    const auto file = local::SoleFile::open(path);
    if (!file || !*file) return;
    local::remove_quietly(path);
  }
  remove_parts(blob);
}

}  // namespace regtool
