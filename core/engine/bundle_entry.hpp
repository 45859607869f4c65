#pragma once
// What may be in a bundle: an OCI image layout as one file. An archive from foreign hands is taken as it should be, or
// not at all.

#include <regtool/archive.hpp>
#include <regtool/digest.hpp>

#include <optional>
#include <set>
#include <string>

namespace regtool {

// What an entry is to us.
struct BundlePart {
  enum class Kind : std::uint8_t { blob, index, layout, passed_over };
  Kind kind = Kind::passed_over;
  std::optional<Digest> digest{};  // of a blob
};

// Errc::corrupt, naming the entry, for what has no place in a bundle: links, devices and sparse files; paths that are
// absolute or climb; names that are not of the layout, nor of what docker and regtool put beside it, which is passed
// over; an index or a layout file that is too large.
Result<BundlePart> bundle_part(const ArchiveEntry& entry);

// The same for one entry after the other.
class BundleRules {
 public:
  static constexpr std::size_t max_entries = 500'000;

  // Errc::corrupt for more entries than max_entries, too.
  Result<BundlePart> admit(const ArchiveEntry& entry);

  // False for a blob that was there before: its bytes have to be the same.
  bool is_first(const Digest& digest) { return seen_.insert(digest).second; }

  // The text of the index, or of the layout file, once more: Errc::corrupt when another one was there before, or when
  // it is of a version that is not known.
  Result<> take_index(std::string text);
  static Result<> check_layout(std::string_view text);

  const std::optional<std::string>& index() const noexcept { return index_; }

 private:
  std::size_t entries_ = 0;
  std::set<Digest> seen_;
  std::optional<std::string> index_;
};

}  // namespace regtool
