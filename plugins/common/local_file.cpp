// What is the same on every platform.

#include "local_file.hpp"

#include <regtool/encoding.hpp>

#include <array>
#include <random>

namespace regtool::local {
namespace {

constexpr std::size_t random_digits = 16;
constexpr std::chrono::hours age_of_leftovers{1};

}  // namespace

std::chrono::system_clock::time_point modified(const FileInfo& info) noexcept {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::nanoseconds(info.modified)));
}

Result<std::string> read_all(const File& file, const Path& path, std::size_t limit) {
  std::string text;
  std::array<std::byte, 16384> buffer;
  while (text.size() <= limit) {
    REGTOOL_TRY_ASSIGN(const auto count, read_at(file, path, text.size(), buffer));
    if (count == 0) return text;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  return fail(Errc::corrupt, "read " + path.string() + ": more than " + std::to_string(limit) + " bytes");
}

Result<> write_new_file(const Path& path, std::string_view bytes) {
  REGTOOL_TRY_ASSIGN(const auto file, create_file(path));
  if (!file) return fail(Errc::already_exists, "create " + path.string() + ": it is there");
  auto written = write_at(file, path, 0, as_bytes(bytes));
  if (written) written = sync_all(file, path);
  if (!written) remove_quietly(path);
  return written;
}

Result<bool> replace_file(const Path& temporary, const Path& target, std::string_view bytes) {
  REGTOOL_TRY(write_new_file(temporary, bytes));
  auto renamed = rename_file(temporary, target);
  if (!renamed.value_or(false)) remove_quietly(temporary);
  return renamed;
}

void remove_quietly(const Path& path) noexcept { [[maybe_unused]] const auto removed = remove_file(path); }

Path temporary_in(const Path& folder, std::string_view name) {
  std::random_device random;
  std::array<std::byte, random_digits / 2> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return folder / (std::string(name) + "." + to_hex(bytes));
}

void remove_old_temporaries(const Path& folder, std::string_view name) noexcept {
  const auto names = entries(folder);
  if (!names) return;
  for (const auto& entry : *names) {
    if (entry.size() != name.size() + 1 + random_digits || !entry.starts_with(name) || entry[name.size()] != '.')
      continue;
    const auto path = folder / entry;
    const auto info = look_at(path);
    if (!info || !*info || std::chrono::system_clock::now() - modified(**info) < age_of_leftovers) continue;
    remove_quietly(path);
  }
}

}  // namespace regtool::local
