#include "engine/migrate.hpp"

#include "engine/exclusive_rename.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

namespace regtool {
namespace {

namespace fs = std::filesystem;

bool stays_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute() || path.has_root_name() || path.has_root_directory()) return false;
  return std::none_of(path.begin(), path.end(),
                      [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

// The folders at the root may be links: people put blobs/ on a bigger disk. Links further down lead nowhere.
Result<> check_path(const fs::path& root, const fs::path& path) {
  const auto refuse = [&] {
    return fail(Errc::invalid_argument, "the migration's path " + path.string() + " leads out of the store");
  };
  if (!stays_inside(path)) return refuse();
  std::error_code error;
  const auto parent = path.parent_path();
  const auto base = fs::weakly_canonical(parent.empty() ? root : root / *path.begin(), error);
  if (error) return fail(Errc::io, "look at " + (root / path).string() + ": " + error.message());
  const auto folder = fs::weakly_canonical(root / parent, error);
  if (error) return fail(Errc::io, "look at " + (root / path).string() + ": " + error.message());
  const auto [at_base, at_folder] = std::mismatch(base.begin(), base.end(), folder.begin(), folder.end());
  return at_base == base.end() ? Result<>() : refuse();
}

Result<bool> same_bytes(const Context& ctx, const fs::path& a, const fs::path& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  if (!fs::is_regular_file(a, error) || !fs::is_regular_file(b, error)) return false;
  if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
  std::ifstream of_a(a, std::ios::binary);
  std::ifstream of_b(b, std::ios::binary);
  constexpr std::size_t piece = 1 << 20;
  std::string bytes_a(piece, '\0');
  std::string bytes_b(piece, '\0');
  while (of_a && of_b) {
    if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    of_a.read(bytes_a.data(), piece);
    of_b.read(bytes_b.data(), piece);
    const auto count = static_cast<std::size_t>(of_a.gcount());
    if (of_a.gcount() != of_b.gcount()) return false;
    if (!std::equal(bytes_a.begin(), bytes_a.begin() + static_cast<std::ptrdiff_t>(count), bytes_b.begin())) {
      return false;
    }
  }
  // Both at their ends, and neither because of a read that failed.
  return of_a.eof() && of_b.eof();
}

Result<> apply_one(const Context& ctx, const fs::path& from, const fs::path& to, MigrationReport& report) {
  const auto renamed = rename_exclusively(from, to);
  if (!renamed && renamed.error().code == Errc::not_found) return {};  // done, by an earlier run or another process
  REGTOOL_TRY(renamed);
  if (*renamed) {
    ctx.console.debug("renamed " + from.string() + " to " + to.string());
    ++report.renamed;
    return {};
  }
  std::error_code error;
  // Where case does not matter, the new name may be the old one: then there is one name, and removing it loses the
  // file.
  if (fs::equivalent(from, to, error) && fs::hard_link_count(from, error) == 1) {
    fs::rename(from, to, error);
    return error ? fail(Errc::io, "rename " + from.string() + ": " + error.message()) : Result<>();
  }
  REGTOOL_TRY_ASSIGN(const bool duplicate, same_bytes(ctx, from, to));
  if (!duplicate) {
    ctx.console.warn("left " + from.string() + " as it is: " + to.string() + " is there, and differs");
    ++report.left;
    return {};
  }
  fs::remove(from, error);
  if (error) return fail(Errc::io, "remove " + from.string() + ": " + error.message());
  ctx.console.debug("removed " + from.string() + ", a duplicate of " + to.string());
  ++report.removed;
  return {};
}

}  // namespace

Result<std::vector<Rename>> plan_migrations(const Context& ctx, const fs::path& root, Migrations migrations) {
  std::vector<Rename> all;
  for (const auto& migration : migrations) {
    REGTOOL_TRY_ASSIGN(auto plan, migration->plan(ctx, root));
    std::move(plan.begin(), plan.end(), std::back_inserter(all));
  }
  return all;
}

Result<MigrationReport> apply_renames(const Context& ctx, const fs::path& root, const std::vector<Rename>& plan) {
  for (const auto& rename : plan) {
    REGTOOL_TRY(check_path(root, rename.from));
    REGTOOL_TRY(check_path(root, rename.to));
  }
  MigrationReport report;
  std::set<fs::path> folders;
  Result<> result;
  for (const auto& rename : plan) {
    if (ctx.stop.stop_requested()) result = fail(Errc::cancelled, "cancelled");
    if (result) result = apply_one(ctx, root / rename.from, root / rename.to, report);
    if (!result) break;
    folders.insert((root / rename.from).parent_path());
    folders.insert((root / rename.to).parent_path());
  }
  for (const auto& folder : folders) {
    auto synced = sync_names(folder);
    // A folder that vanished has no names to lose.
    if (!synced && synced.error().code != Errc::not_found && result) result = std::move(synced);
  }
  if (!result) return fail(std::move(result).error());
  return report;
}

Result<MigrationReport> migrate(const Context& ctx, const fs::path& root, Migrations migrations) {
  MigrationReport all;
  for (const auto& migration : migrations) {
    REGTOOL_TRY_ASSIGN(const auto plan, migration->plan(ctx, root));
    REGTOOL_TRY_ASSIGN(const auto report, apply_renames(ctx, root, plan));
    all.renamed += report.renamed;
    all.removed += report.removed;
    all.left += report.left;
  }
  return all;
}

}  // namespace regtool
