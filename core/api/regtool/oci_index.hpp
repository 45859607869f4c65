#pragma once
// The index.json of an OCI image layout (OCI image specification, "Image Layout" and "Image Index"), for a store and
// for bundles alike. Whatever of it is not ours is kept byte for byte.

#include <regtool/range.hpp>
#include <regtool/reference.hpp>
#include <regtool/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// The file beside it, and what it says.
inline constexpr std::string_view oci_layout_file = "oci-layout";
inline constexpr std::string_view oci_layout_text = R"({"imageLayoutVersion":"1.0.0"})";
inline constexpr std::string_view oci_index_file = "index.json";

// One entry of an index.
struct IndexEntry {
  std::string media_type;          // often empty in what others write
  std::optional<Descriptor> blob;  // nothing where it has no SHA-256, or no size

  // The name that we know it by: io.containerd.image.name, where that is host/repository:tag, else
  // org.opencontainers.image.ref.name, read as a user's name is. Nothing for an entry that no name of ours can be of.
  std::optional<Reference> name;

  std::string platform;  // "linux/amd64"; empty where none is said
  Range where;           // its bytes in the text

  // Points to the manifest of one image, as far as its media type tells.
  bool is_image() const noexcept;

  // A model that a user can name.
  bool is_model() const noexcept { return name && blob && is_image(); }
};

// A value.
class OciIndex {
 public:
  static constexpr std::size_t max_size = 4 << 20;  // bytes

  // Without an entry.
  OciIndex();

  // Errc::corrupt says what is wrong: not JSON, no list of manifests, larger than max_size.
  static Result<OciIndex> parse(std::string text);

  const std::string& text() const noexcept { return text_; }
  const std::vector<IndexEntry>& entries() const noexcept { return entries_; }

  // The model of that very name, else the first in the order of names that differs from it in case alone; or null.
  const IndexEntry* find(const Reference& name) const noexcept;

  // With `name` for a manifest. The models that had it are gone, and what else had it has it no longer.
  // Errc::unsupported when the text would become larger than max_size.
  Result<OciIndex> with(const Reference& name, const Descriptor& manifest, std::string_view media_type) const;

  // Without that name. What is no model stays, nameless.
  Result<OciIndex> without(const Reference& name) const;

 private:
  std::string text_;
  std::vector<IndexEntry> entries_;
  std::size_t end_ = 0;  // where the list of manifests ends
};

// The mediaType that a manifest says it has; that of an OCI image manifest where it says none, or is not JSON.
std::string media_type_of(std::string_view manifest);

// The imageLayoutVersion that the file beside an index says; "" where it says none.
std::string layout_version_in(std::string_view oci_layout);

// What an image manifest or an index refers to, as far as it has a SHA-256: config, layers, blobs, manifests, subject.
// Nothing for bytes that are neither.
struct OciLinks {
  std::vector<Descriptor> blobs;
  std::vector<Descriptor> manifests;  // which refer to more
};
OciLinks links_of(std::string_view bytes);

}  // namespace regtool
