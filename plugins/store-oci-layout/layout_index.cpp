#include "layout_index.hpp"

namespace regtool {
namespace {

constexpr std::chrono::milliseconds between_looks{5};
constexpr std::chrono::seconds patience{30};

// For programs that respect no lock, one after the other.
constexpr int max_tries = 100;

constexpr std::string_view lock_name = "index.lock";

Result<local::File> open_or_create(const local::Path& path) {
  REGTOOL_TRY_ASSIGN(auto there, local::open_file(path, local::Access::read_write));
  if (there) return there;
  REGTOOL_TRY_ASSIGN(auto made, local::create_file(path));
  return made ? std::move(made) : local::open_file(path, local::Access::read_write);
}

// Nothing while somebody else has it.
Result<local::File> try_lock(const local::Path& path) {
  REGTOOL_TRY_ASSIGN(auto file, open_or_create(path));
  if (!file || !local::lock(file)) return local::File();
  // Whoever removed it between our open and our lock makes another.
  REGTOOL_TRY_ASSIGN(const auto info, local::info_of(file, path));
  return local::leads_to(path, info) ? std::move(file) : local::File();
}

Result<std::string> read_text(const local::Path& path) {
  REGTOOL_TRY_ASSIGN(const auto file, local::open_file(path, local::Access::read));
  if (!file) return std::string();
  return local::read_all(file, path, OciIndex::max_size);
}

}  // namespace

Result<std::string> LayoutIndex::text() const { return read_text(path()); }

Result<OciIndex> LayoutIndex::parse(std::string text) const {
  if (text.empty()) return OciIndex();
  return OciIndex::parse(std::move(text)).map_error([&](Error error) {
    return std::move(error).in(folders_.root().string());
  });
}

Result<OciIndex> LayoutIndex::read() const {
  REGTOOL_TRY_ASSIGN(auto text, this->text());
  return parse(std::move(text));
}

Result<> LayoutIndex::check_version() const {
  const auto path = folders_.root() / oci_layout_file;
  REGTOOL_TRY_ASSIGN(const auto text, read_text(path));
  if (text.empty()) return {};
  const auto version = layout_version_in(text);
  if (version == "1.0.0") return {};
  return fail(Errc::unsupported, path.string() + ": not a layout of version 1.0.0, the one that regtool knows");
}

Result<LayoutIndex::Lock> LayoutIndex::lock(const Context& ctx) const {
  std::unique_lock thread(mutex_);
  REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.root()));
  const auto path = place / lock_name;
  const auto deadline = ctx.clock.now() + patience;
  while (true) {
    REGTOOL_TRY_ASSIGN(auto file, try_lock(path));
    if (file) return Lock(std::move(thread), std::move(file));
    if (ctx.clock.now() >= deadline) {
      return fail(Errc::unavailable, "another process holds " + path.string() + " all the time");
    }
    if (!ctx.clock.sleep(between_looks, ctx.stop)) return fail(Errc::cancelled, "cancelled");
  }
}

Result<> LayoutIndex::replace(const Lock&, const std::function<Result<OciIndex>(const OciIndex&)>& change) const {
  for (int i = 0; i < max_tries; ++i) {
    REGTOOL_TRY_ASSIGN(const auto before, text());
    REGTOOL_TRY_ASSIGN(const auto index, parse(before));
    REGTOOL_TRY_ASSIGN(const auto changed, change(index));
    if (changed.text() == before) return {};
    REGTOOL_TRY(write_version());
    REGTOOL_TRY_ASSIGN(const bool written, write(before, changed.text()));
    if (written) REGTOOL_TRY(local::sync_folder(folders_.root()));
    // Once more around: to see that it is there.
  }
  return fail(Errc::unavailable, "another program changes " + path().string() + " all the time");
}

// Before the index: without it, a folder is no layout to others.
Result<> LayoutIndex::write_version() const {
  REGTOOL_TRY(check_version());
  const auto path = folders_.root() / oci_layout_file;
  REGTOOL_TRY_ASSIGN(const auto there, local::look_at(path));
  if (there && there->size > 0) return {};
  REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.root()));
  REGTOOL_TRY_ASSIGN(const bool done,
                     local::replace_file(local::temporary_in(place, oci_layout_file), path, oci_layout_text));
  return done ? Result<>() : fail(Errc::io, "write " + path.string() + ": its folder is gone");
}

// False when the index is no longer what the change was made to.
Result<bool> LayoutIndex::write(const std::string& before, const std::string& after) const {
  REGTOOL_TRY_ASSIGN(const auto place, folders_.workplace(folders_.root()));
  local::remove_old_temporaries(place, oci_index_file);
  const auto temporary = local::temporary_in(place, oci_index_file);
  REGTOOL_TRY(local::write_new_file(temporary, after));
  const auto put_in_place = [&]() -> Result<bool> {
    REGTOOL_TRY_ASSIGN(const auto now, text());
    return now == before ? local::rename_file(temporary, path()) : Result<bool>(false);
  };
  auto placed = put_in_place();
  if (!placed.value_or(false)) local::remove_quietly(temporary);
  return placed;
}

}  // namespace regtool
