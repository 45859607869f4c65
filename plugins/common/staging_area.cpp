#include "staging_area.hpp"

#include "ollama_partial.hpp"

#include <set>

namespace regtool {
namespace {

constexpr int max_slots = 8;                  // stagers of one blob at once
constexpr int resumed_slots = 3;              // those that a stager looks into: further ones are hardly ever abandoned
constexpr std::size_t max_journal = 4 << 20;  // bytes

local::Path slot_path(const local::Path& folder, const Digest& digest, int number) {
  return folder / (std::string(digest.hex()) + "." + std::to_string(number));
}

// Creates the first slot that is not there. Its owner is whoever created it, whether locks work or not.
Result<StagedSlot> create_slot(const local::Path& folder, const Digest& digest) {
  for (int number = 0; number < max_slots; ++number) {
    StagedSlot slot{slot_path(folder, digest, number), {}};
    REGTOOL_TRY_ASSIGN(slot.file, local::create_file(slot.path));
    if (!slot.file || !local::lock(slot.file)) continue;
    // Before our lock somebody who cleans up may have taken it for an abandoned one.
    REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot.file, slot.path));
    if (!local::leads_to(slot.path, info)) continue;
    local::remove_quietly(slot.journal());
    local::make_sparse(slot.file);
    return slot;
  }
  return fail(Errc::unavailable, "too many processes are fetching " + digest.text() + " at once");
}

// A slot that nobody works on; nothing where there is none.
Result<std::optional<StagedSlot>> lock_slot(const local::Path& path) {
  StagedSlot slot{path, {}};
  auto opened = local::open_file(path, local::Access::read_write);
  // Its owner lets nobody open it.
  if (!opened && opened.error().code == Errc::unavailable) return std::nullopt;
  REGTOOL_TRY_ASSIGN(slot.file, std::move(opened));
  if (!slot.file || !local::lock(slot.file)) return std::nullopt;
  // Between our open and our lock its owner may have published it: then it is no slot any more, and not ours to touch.
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot.file, path));
  if (!local::leads_to(path, info)) return std::nullopt;
  return slot;
}

// What the journal says, as far as the file has it.
Result<RangeSet> journalled(const StagedSlot& slot, const Descriptor& what) {
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot.file, slot.path));
  REGTOOL_TRY_ASSIGN(const auto journal, local::open_file(slot.journal(), local::Access::read));
  if (!journal) return RangeSet();
  const auto text = local::read_all(journal, slot.journal(), max_journal);
  if (!text) return RangeSet();
  auto durable = parse_journal(*text, {info.number, what.size});
  if (info.size < what.size) durable.remove({info.size, what.size - info.size});
  return durable;
}

// Fails early, and says how much is missing, where a write would fail hours later.
Result<> make_room(const StagedSlot& slot, std::uint64_t size) {
  REGTOOL_TRY(local::resize(slot.file, slot.path, size));
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot.file, slot.path));
  const auto free = local::free_space(slot.file);
  const auto missing = size > info.on_disk ? size - info.on_disk : 0;
  if (!free || missing <= *free) return {};
  return fail(Errc::no_space, "the disk of " + slot.path.parent_path().string() + " has " +
                                  std::to_string(*free / 1'000'000) + " MB free, and " +
                                  std::to_string(missing / 1'000'000 + 1) + " MB are needed");
}

void remove_journals(const StagedSlot& slot) noexcept {
  local::remove_quietly(slot.journal());
  local::remove_quietly(slot.new_journal());
}

void remove_slot(const StagedSlot& slot) noexcept {
  remove_journals(slot);
  local::remove_quietly(slot.path);
}

}  // namespace

Result<std::unique_ptr<StagedFile>> StagingArea::take(const void* owner, const Descriptor& what) const {
  REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.blobs()));
  const auto folder = place / "staging";
  REGTOOL_TRY(local::make_folders(folder));
  REGTOOL_TRY_ASSIGN(auto slot, find_slot(folder, what));
  if (!slot) {
    REGTOOL_TRY_ASSIGN(slot, create_slot(folder, what.digest));
    if (folders_.layout().ollama_partials) {
      REGTOOL_TRY(adopt_ollama_partial(folders_.blob(what.digest), what, *slot));
    }
  }
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(slot->file, slot->path));
  slot->contested = assumed_.value_or(local::locks_of(slot->file)) == local::Locks::unreliable;
  // From here on the object removes the slot again should anything fail.
  auto staged = std::make_unique<StagedFile>(owner, what, std::move(*slot), info.number);
  REGTOOL_TRY(make_room(staged->slot(), what.size));
  return staged;
}

Result<std::optional<StagedSlot>> StagingArea::find_slot(const local::Path& folder, const Descriptor& what) const {
  for (int number = 0; number < resumed_slots; ++number) {
    REGTOOL_TRY_ASSIGN(auto abandoned, lock_slot(slot_path(folder, what.digest, number)));
    if (!abandoned) continue;
    REGTOOL_TRY_ASSIGN(abandoned->facts.resumed, journalled(*abandoned, what));
    if (assumed_.value_or(local::locks_of(abandoned->file)) == local::Locks::reliable) return abandoned;
    REGTOOL_TRY_ASSIGN(auto mine, copy(folder, what, std::move(*abandoned)));
    return mine;
  }
  return std::nullopt;
}

// Its owner may be alive on another machine, and write to it still: only a copy is ours alone.
Result<StagedSlot> StagingArea::copy(const local::Path& folder, const Descriptor& what, StagedSlot abandoned) const {
  REGTOOL_TRY_ASSIGN(auto mine, create_slot(folder, what.digest));
  for (const auto& range : abandoned.facts.resumed.ranges()) {
    // What cannot be copied, for want of room perhaps, is fetched again.
    if (!local::copy_range(abandoned.file, mine.file, mine.path, range)) break;
    mine.facts.resumed.add(range);
  }
  remove_slot(abandoned);
  return mine;
}

void StagingArea::clean_up(std::span<const Digest> published) const noexcept {
  for (const auto& digest : published) {
    if (folders_.layout().ollama_partials) remove_ollama_partial(folders_.blob(digest));
  }
  const auto place = folders_.workplace(folders_.blobs());
  if (!place) return;
  const auto folder = *place / "staging";
  const auto names = local::entries(folder);
  if (!names) return;
  std::set<std::string_view> done;
  for (const auto& digest : published) done.insert(digest.hex());
  for (const std::string_view name : *names) {
    const auto journal = name.find(".journal");
    const StagedSlot slot{folder / name.substr(0, journal), {}};
    if (done.contains(name.substr(0, name.find('.')))) {
      if (auto left = lock_slot(slot.path); left && *left) remove_slot(**left);
    }
    // A crash may leave a journal without its file. Should somebody begin that file just now, his journal is lost at
    // worst.
    if (journal != name.npos && !local::look_at(slot.path).value_or(std::nullopt)) remove_journals(slot);
  }
}

}  // namespace regtool
