#pragma once
// Carrying out what migrations plan: at every moment, also that of a crash, a file has its old name or its new one.

#include <regtool/migration.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace regtool {

using Migrations = std::span<const std::unique_ptr<Migration>>;

struct MigrationReport {
  std::size_t renamed = 0;
  std::size_t removed = 0;  // duplicates: the new name was there, with the same bytes
  std::size_t left = 0;     // the new name was there, with other bytes; the console was told of each
};

// What all migrations would do now, in order: for a dry run.
Result<std::vector<Rename>> plan_migrations(const Context& ctx, const std::filesystem::path& root,
                                            Migrations migrations);

// Carries out a plan. Replaces nothing. May be repeated after a crash, and run by two processes at once.
// Errc::invalid_argument, and nothing is done, when a path of the plan leads out of the root.
Result<MigrationReport> apply_renames(const Context& ctx, const std::filesystem::path& root,
                                      const std::vector<Rename>& plan);

// Plans and carries out one migration after the other, so that each sees what the one before it did.
Result<MigrationReport> migrate(const Context& ctx, const std::filesystem::path& root, Migrations migrations);

}  // namespace regtool
