#include "staging_leftovers.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace regtool {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

constexpr std::size_t digest_digits = 64;
constexpr std::size_t random_digits = 16;

// Nobody locks a temporary file, and nobody takes long to write one.
constexpr std::chrono::hours age_of_temporaries{1};

// Where locks mean little: a living stager writes now and then, but a small blob waits for its pull to end.
constexpr std::chrono::hours age_of_unlocked{24};

bool is_hex(std::string_view text, std::size_t digits) noexcept {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// "manifest.<16 hex digits>": a name or the index of verified blobs, before it is put in its place.
bool is_temporary(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 2> stems{"manifest", "verified"};
  return std::any_of(stems.begin(), stems.end(), [&](std::string_view stem) {
    return name.starts_with(stem) && name.substr(stem.size()).starts_with('.') &&
           is_hex(name.substr(stem.size() + 1), random_digits);
  });
}

// What the files of one leftover amount to.
struct Extent {
  bool slot = false;  // the slot itself is there, not only its journals
  std::uint64_t bytes = 0;
  TimePoint modified{};

  bool empty() const noexcept { return modified == TimePoint(); }
};

// Nothing but regular files are ours.
void add(Extent& extent, const local::Path& path) noexcept {
  const auto info = local::look_at(path).value_or(std::nullopt);
  if (!info || info->kind != local::Kind::file || !local::leads_to(path, *info)) return;
  extent.bytes += info->on_disk;
  extent.modified = std::max(extent.modified, local::modified(*info));
}

Extent extent_of(const StagedSlot& slot) {
  Extent extent;
  add(extent, slot.path);
  extent.slot = !extent.empty();
  add(extent, slot.journal());
  add(extent, slot.new_journal());
  return extent;
}

// No file where there is none, or where what is there may not be opened, or is no file: then it is not ours.
Result<local::File> open_if_allowed(const local::Path& path) {
  // Some file systems lock only what may be written; a medium that is read-only gives no such file.
  for (const auto access : {local::Access::read_write, local::Access::read}) {
    auto file = local::open_file(path, access);
    if (file) return file;
    if (file.error().code == Errc::unavailable) return local::File();  // its owner lets nobody open it
    if (file.error().code != Errc::forbidden && file.error().code != Errc::invalid_argument) return file;
  }
  return local::File();
}

// The slot with its lock; without a file where somebody works on it, or it is gone.
Result<StagedSlot> lock(local::Path path) {
  StagedSlot slot{std::move(path), {}};
  REGTOOL_TRY_ASSIGN(auto file, open_if_allowed(slot.path));
  if (!file || !local::lock(file)) return slot;
  // Between our open and our lock its owner may have published it: then it is not ours to touch.
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(file, slot.path));
  if (local::leads_to(slot.path, info)) slot.file = std::move(file);
  return slot;
}

class StagingLeftovers final : public Leftovers {
 public:
  StagingLeftovers(StoreFolders folders, std::optional<local::Locks> assumed)
      : folders_(std::move(folders)), assumed_(assumed) {}

  Result<std::vector<Leftover>> list(const Context& ctx) noexcept override {
    std::vector<Leftover> all;
    for (const auto& place : folders_.workplaces()) {
      REGTOOL_TRY(list_temporaries(ctx, place, all));
      REGTOOL_TRY(list_slots(ctx, place / "staging", all));
    }
    std::sort(all.begin(), all.end(), [](const Leftover& a, const Leftover& b) { return a.name < b.name; });
    return all;
  }

  Result<bool> remove(const Context& ctx, const Leftover& leftover) noexcept override {
    const auto path = folders_.root() / leftover.name;
    for (const auto& place : folders_.workplaces()) {
      const auto name = path.filename().string();
      if (path.parent_path() == place && is_temporary(name)) return remove_temporary(ctx, path, leftover);
      const auto slot = slot_of_file(name);
      if (slot && path.parent_path() == place / "staging") {
        return remove_slot(ctx, path.parent_path() / *slot, leftover);
      }
    }
    return false;
  }

 private:
  std::string name_of(const local::Path& path) const { return path.lexically_relative(folders_.root()).string(); }

  Result<> list_temporaries(const Context& ctx, const local::Path& folder, std::vector<Leftover>& all) const {
    REGTOOL_TRY_ASSIGN(const auto names, local::entries(folder));
    for (const auto& name : names) {
      if (!is_temporary(name)) continue;
      Extent extent;
      add(extent, folder / name);
      if (is_old(ctx, extent, age_of_temporaries)) {
        all.push_back({name_of(folder / name), extent.bytes, extent.modified});
      }
    }
    return {};
  }

  Result<> list_slots(const Context& ctx, const local::Path& folder, std::vector<Leftover>& all) const {
    REGTOOL_TRY_ASSIGN(const auto names, local::entries(folder));
    std::map<std::string_view, std::string_view> by_slot;  // the first of its files, which is the slot if that is there
    for (const std::string_view name : names) {
      if (const auto slot = slot_of_file(name)) by_slot.emplace(*slot, name);
    }
    for (const auto& [slot_name, first] : by_slot) {
      REGTOOL_TRY_ASSIGN(const auto slot, lock(folder / slot_name));
      const auto extent = extent_of(slot);
      if (!is_abandoned(ctx, slot, extent)) continue;
      all.push_back({name_of(folder / first), extent.bytes, extent.modified});
    }
    return {};
  }

  static Result<bool> remove_temporary(const Context& ctx, const local::Path& path, const Leftover& leftover) {
    Extent extent;
    add(extent, path);
    if (extent.modified != leftover.modified || !is_old(ctx, extent, age_of_temporaries)) return false;
    return local::remove_file(path);
  }

  // Whoever has worked on it since it was listed may come back for it.
  Result<bool> remove_slot(const Context& ctx, local::Path path, const Leftover& leftover) const {
    REGTOOL_TRY_ASSIGN(auto slot, lock(std::move(path)));
    const auto extent = extent_of(slot);
    if (extent.modified != leftover.modified || !is_abandoned(ctx, slot, extent)) return false;
    if (!extent.slot) {
      // Journals alone: nobody begins the slot while it is ours.
      REGTOOL_TRY_ASSIGN(slot.file, local::create_file(slot.path));
      if (!slot.file || !local::lock(slot.file)) return false;
    }
    // The journal must never outlive what it speaks of.
    REGTOOL_TRY(local::remove_file(slot.journal()));
    REGTOOL_TRY(local::remove_file(slot.new_journal()));
    return local::remove_file(slot.path);
  }

  static bool is_old(const Context& ctx, const Extent& extent, std::chrono::hours age) {
    return !extent.empty() && ctx.clock.wall_time() - extent.modified >= age;
  }

  bool is_abandoned(const Context& ctx, const StagedSlot& slot, const Extent& extent) const {
    if (extent.empty()) return false;
    if (!extent.slot) return true;
    if (!slot.file) return false;
    const auto locks = assumed_.value_or(local::locks_of(slot.file));
    return locks == local::Locks::reliable || is_old(ctx, extent, age_of_unlocked);
  }

  const StoreFolders folders_;
  const std::optional<local::Locks> assumed_;
};

}  // namespace

std::optional<std::string_view> slot_of_file(std::string_view name) noexcept {
  constexpr auto slot_size = digest_digits + 2;
  const auto slot = name.substr(0, slot_size);
  if (slot.size() < slot_size || !is_hex(slot.substr(0, digest_digits), digest_digits) || slot[digest_digits] != '.' ||
      slot.back() < '0' || slot.back() > '9') {
    return std::nullopt;
  }
  const auto rest = name.substr(slot_size);
  if (rest.empty() || rest == ".journal" || rest == ".journal.new") return slot;
  if (rest.front() == '.' && is_hex(rest.substr(1), random_digits)) return name;
  return std::nullopt;
}

std::unique_ptr<Leftovers> make_staging_leftovers(StoreFolders folders, std::optional<local::Locks> assumed) {
  return std::make_unique<StagingLeftovers>(std::move(folders), assumed);
}

}  // namespace regtool
