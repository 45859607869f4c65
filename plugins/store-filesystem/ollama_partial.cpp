#include "ollama_partial.hpp"

#include "exclusive_lease.hpp"

#include <algorithm>
#include <cerrno>
#include <rapidjson/document.h>
#include <sys/file.h>
#include <unistd.h>

namespace regtool {
namespace {

constexpr std::size_t max_part_json = 4096;
constexpr int max_parts = 4096;

posix::Path partial_of(const posix::Path& blob) { return blob.string() + "-partial"; }
posix::Path prefix_of(const posix::Path& blob) { return blob.string() + ".tmp"; }
posix::Path part_of(const posix::Path& blob, int number) {
  return blob.string() + "-partial-" + std::to_string(number);
}

Result<RangeSet> completed_parts(const posix::Path& blob) {
  RangeSet completed;
  for (int number = 0; number < max_parts; ++number) {
    const auto path = part_of(blob, number);
    REGTOOL_TRY_ASSIGN(const auto file, posix::open_file(path, posix::Access::read));
    if (!file) break;
    const auto json = posix::read_all(file, path, max_part_json);
    if (const auto range = json ? parse_ollama_part(*json) : std::nullopt) completed.add(*range);
  }
  return completed;
}

void remove_parts(const posix::Path& blob) noexcept {
  for (int number = 0; number < max_parts && ::unlink(part_of(blob, number).c_str()) == 0; ++number) {
  }
}

// At every moment either the file is Ollama's, or the slot's journal speaks of it.
Result<bool> take_over(const posix::Path& path, posix::Fd file, RangeSet has, const Descriptor& what,
                       StagedSlot& slot) {
  const posix::ExclusiveLease lease(file);
  if (!lease.held() || ::flock(file.get(), LOCK_EX | LOCK_NB) < 0) return false;
  REGTOOL_TRY_ASSIGN(const auto info, posix::status(file, path));
  const auto length = static_cast<std::uint64_t>(info.st_size);
  if (length > what.size || has.empty()) return false;
  has.remove({length, ~std::uint64_t{0} - length});
  REGTOOL_TRY(posix::sync_data(file, path));
  ::unlink(slot.new_journal().c_str());
  REGTOOL_TRY(posix::replace_file(slot.new_journal(), slot.journal(), journal_line({info.st_ino, what.size}, has)));
  if (::rename(path.c_str(), slot.path.c_str()) < 0) {
    // Ollama removes at its start what it has not finished.
    if (errno != ENOENT) return fail(posix::os_error(errno, "take over", path));
    ::unlink(slot.journal().c_str());
    return false;
  }
  if (!lease.held()) {
    if (::rename(slot.path.c_str(), path.c_str()) < 0) return fail(posix::os_error(errno, "give back", path));
    return fail(Errc::unavailable, "another program began to fetch " + what.digest.text() + " at this moment");
  }
  slot.file = std::move(file);
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

Result<> adopt_ollama_partial(const posix::Path& blob, const Descriptor& what, StagedSlot& slot) {
  REGTOOL_TRY_ASSIGN(auto partial, posix::open_file(partial_of(blob), posix::Access::read_write));
  if (partial) {
    REGTOOL_TRY_ASSIGN(auto has, completed_parts(blob));
    REGTOOL_TRY_ASSIGN(const bool taken, take_over(partial_of(blob), std::move(partial), std::move(has), what, slot));
    if (taken) remove_parts(blob);
    return {};
  }
  REGTOOL_TRY_ASSIGN(auto prefix, posix::open_file(prefix_of(blob), posix::Access::read_write));
  if (!prefix) return {};
  RangeSet has;
  has.add({0, what.size});
  REGTOOL_TRY(take_over(prefix_of(blob), std::move(prefix), std::move(has), what, slot));
  return {};
}

void remove_ollama_partial(const posix::Path& blob) noexcept {
  for (const auto& path : {partial_of(blob), prefix_of(blob)}) {
    const auto file = posix::open_file(path, posix::Access::read_write);
    if (!file) return;
    if (*file && !posix::ExclusiveLease(*file).held()) return;
    if (*file) ::unlink(path.c_str());
  }
  remove_parts(blob);
}

}  // namespace regtool
