#include "legacy_names.hpp"

#include <regtool/digest.hpp>

#include <algorithm>
#include <new>
#include <system_error>

namespace regtool {
namespace {

bool is_ending(std::string_view text) {
  constexpr std::string_view partial = "-partial";
  if (text.empty() || text == ".tmp" || text == partial) return true;
  if (!text.starts_with(partial) || text[partial.size()] != '-') return false;
  const auto number = text.substr(partial.size() + 1);
  return !number.empty() && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class LegacyNames final : public Migration {
 public:
  Result<std::vector<Rename>> plan(const Context&, const std::filesystem::path& root) noexcept override {
    try {
      return plan_blobs(root / "blobs");
    } catch (const std::bad_alloc&) {
      return fail(Errc::internal, "out of memory");
    }
  }

 private:
  static Result<std::vector<Rename>> plan_blobs(const std::filesystem::path& blobs) {
    std::vector<Rename> plan;
    std::error_code error;
    const auto folder = blobs.filename();
    for (auto at = std::filesystem::directory_iterator(blobs, error); !error && at != end(at); at.increment(error)) {
      const auto name = at->path().filename().string();
      if (auto modern = modern_blob_name(name)) plan.push_back({folder / name, folder / *modern});
    }
    if (error == std::errc::no_such_file_or_directory) return std::vector<Rename>();
    if (error) return fail(Errc::io, "read the folder " + blobs.string() + ": " + error.message());
    // Folders have no order of their own, and a plan that is shown should have one.
    std::sort(plan.begin(), plan.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    return plan;
  }
};

}  // namespace

std::optional<std::string> modern_blob_name(std::string_view name) {
  // A quick look first, for there may be thousands: most names are as they should be.
  const auto is_old = [](char c) { return c == ':' || (c >= 'A' && c <= 'F'); };
  if (std::none_of(name.begin(), name.end(), is_old)) return std::nullopt;
  constexpr std::string_view algorithm = "sha256";
  constexpr std::size_t hex_at = algorithm.size() + 1;
  constexpr std::size_t ending_at = hex_at + 64;
  if (name.size() < ending_at || !name.starts_with(algorithm)) return std::nullopt;
  if (name[algorithm.size()] != ':' && name[algorithm.size()] != '-') return std::nullopt;
  const auto digest = Digest::parse("sha256:" + std::string(name.substr(hex_at, 64)));
  const auto ending = name.substr(ending_at);
  if (!digest || !is_ending(ending)) return std::nullopt;
  auto modern = "sha256-" + std::string(digest->hex()) + std::string(ending);
  if (modern == name) return std::nullopt;
  return modern;
}

std::unique_ptr<Migration> make_legacy_names() { return std::make_unique<LegacyNames>(); }

}  // namespace regtool
