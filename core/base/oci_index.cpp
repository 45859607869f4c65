#include <regtool/oci_index.hpp>

#include "base/ascii.hpp"
#include "base/json.hpp"

#include <algorithm>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <tuple>

namespace regtool {
namespace {

constexpr std::string_view containerd_name = "io.containerd.image.name";
constexpr std::string_view oci_name = "org.opencontainers.image.ref.name";
constexpr std::string_view empty_index =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";
constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";

tl::unexpected<Error> refuse(const std::string& why) { return fail(Errc::corrupt, "index.json: " + why); }

// Where the entries of the list "manifests" are in a text. Sees JSON that is known to be good.
class PlaceFinder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, PlaceFinder> {
 public:
  explicit PlaceFinder(const rapidjson::MemoryStream& stream) : stream_(stream) {}

  bool Key(const char* name, rapidjson::SizeType length, bool) {
    if (depth_ != 1) return true;
    in_manifests_ = std::string_view(name, length) == "manifests";
    if (in_manifests_) ++keys;
    return true;
  }
  bool StartObject() {
    if (in_manifests_ && depth_ == 2) begin_ = stream_.Tell();
    return enter();
  }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    if (in_manifests_ && depth_ == 2) found.push_back({begin_, stream_.Tell() + 1 - begin_});
    return true;
  }
  bool StartArray() {
    if (in_manifests_ && depth_ == 1) ++lists;
    return enter();
  }
  bool EndArray(rapidjson::SizeType count) {
    --depth_;
    if (!in_manifests_ || depth_ != 1) return true;
    end = stream_.Tell();
    only_objects = found.size() == count;
    return true;
  }

  std::vector<Range> found;
  std::size_t end = 0;           // of the list: its ']'
  unsigned keys = 0, lists = 0;  // of that name
  bool only_objects = false;

 private:
  bool enter() {
    ++depth_;
    return true;
  }

  const rapidjson::MemoryStream& stream_;
  unsigned depth_ = 0;
  bool in_manifests_ = false;
  std::size_t begin_ = 0;
};

struct Places {
  std::vector<Range> entries;
  std::size_t end = 0;  // of the list
};

Result<Places> find_places(const std::string& text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  PlaceFinder finder(stream);
  rapidjson::Reader reader;
  if (reader.Parse<rapidjson::kParseIterativeFlag>(stream, finder).IsError()) return refuse("not JSON");
  if (finder.keys != 1 || finder.lists != 1) return refuse("no list of manifests, or more than one");
  if (!finder.only_objects) return refuse("an entry that is no object");
  return Places{std::move(finder.found), finder.end};
}

std::optional<Descriptor> descriptor_of(const rapidjson::Value& value) {
  auto digest = Digest::parse(json_text(value, "digest"));
  const auto* size = json_member(value, "size");
  if (!digest || size == nullptr || !size->IsUint64()) return std::nullopt;
  return Descriptor{std::move(*digest), size->GetUint64()};
}

// "host/repository:tag", every part of it there.
std::optional<Reference> parse_full_name(std::string_view text) {
  const auto slash = text.find('/');
  const auto colon = text.rfind(':');
  if (slash == text.npos || colon == text.npos || colon < slash) return std::nullopt;
  auto name =
      Reference::from_parts(text.substr(0, slash), text.substr(slash + 1, colon - slash - 1), text.substr(colon + 1));
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

std::optional<Reference> name_in(const rapidjson::Value& entry) {
  const auto* annotations = json_member(entry, "annotations");
  if (annotations == nullptr) return std::nullopt;
  if (auto full = parse_full_name(json_text(*annotations, containerd_name))) return full;
  auto name = Reference::parse(json_text(*annotations, oci_name));
  if (!name || name->digest()) return std::nullopt;
  return std::move(*name);
}

std::string platform_in(const rapidjson::Value& entry) {
  const auto* platform = json_member(entry, "platform");
  if (platform == nullptr) return {};
  return std::string(json_text(*platform, "os")) + "/" + std::string(json_text(*platform, "architecture"));
}

std::string full_name(const Reference& name) { return name.host() + "/" + name.repository() + ":" + name.tag(); }

// What display() gives, but without a scheme: that would be no name to other programs.
std::string short_name(const Reference& name) {
  auto shown = name.display();
  return shown.find("://") == shown.npos ? shown : full_name(name);
}

std::string entry_text(const Reference& name, const Descriptor& manifest, std::string_view media_type) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text = [&](std::string_view value) {
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  text("mediaType");
  text(media_type);
  text("digest");
  text(manifest.digest.text());
  text("size");
  json.Uint64(manifest.size);
  text("annotations");
  json.StartObject();
  text(containerd_name);
  text(full_name(name));
  text(oci_name);
  text(short_name(name));
  json.EndObject();
  json.EndObject();
  return buffer.GetString();
}

// The same entry without its names.
std::string nameless(std::string_view entry) {
  auto document = parse_json(entry);
  if (!document || !document->IsObject()) return std::string(entry);
  if (const auto found = document->FindMember("annotations"); found != document->MemberEnd()) {
    auto& annotations = found->value;
    for (const auto key : {containerd_name, oci_name}) annotations.RemoveMember(std::string(key).c_str());
    if (annotations.ObjectEmpty()) document->RemoveMember(found);
  }
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  document->Accept(json);
  return buffer.GetString();
}

auto order(const Reference& name) { return std::tie(name.host(), name.repository(), name.tag()); }

bool has_name(const IndexEntry& entry, const Reference& name) {
  return entry.name && order(*entry.name) == order(name);
}

// Takes entry `i` of the list out of the text, with the comma that it leaves over.
void cut(std::string& text, const std::vector<IndexEntry>& entries, std::size_t i) {
  const auto begin = i > 0 && i + 1 == entries.size() ? entries[i - 1].where.end() : entries[i].where.first;
  const auto end = i + 1 < entries.size() ? entries[i + 1].where.first : entries[i].where.end();
  text.erase(begin, end - begin);
}

void add_links(const rapidjson::Value& document, std::string_view list, std::vector<Descriptor>& links) {
  const auto* found = json_member(document, list);
  if (found == nullptr || !found->IsArray()) return;
  for (const auto& value : found->GetArray()) {
    if (auto link = descriptor_of(value)) links.push_back(std::move(*link));
  }
}

}  // namespace

bool IndexEntry::is_image() const noexcept {
  return media_type.empty() || media_type == oci_manifest || media_type == docker_manifest;
}

OciIndex::OciIndex() : text_(empty_index), end_(empty_index.size() - 2) {}

Result<OciIndex> OciIndex::parse(std::string text) {
  if (text.size() > max_size) return refuse("larger than 4 MiB");
  const auto document = parse_json(text);
  if (!document) return refuse(document.error().message);
  REGTOOL_TRY_ASSIGN(const auto places, find_places(text));
  OciIndex index;
  const auto& list = (*document)["manifests"];
  for (std::size_t i = 0; i < places.entries.size(); ++i) {
    const auto& value = list[static_cast<rapidjson::SizeType>(i)];
    index.entries_.push_back({std::string(json_text(value, "mediaType")), descriptor_of(value), name_in(value),
                              platform_in(value), places.entries[i]});
  }
  index.end_ = places.end;
  index.text_ = std::move(text);
  return index;
}

const IndexEntry* OciIndex::find(const Reference& name) const noexcept {
  const IndexEntry* like = nullptr;
  for (const auto& entry : entries_) {
    if (!entry.is_model() || !entry.name->same_name(name)) continue;
    if (has_name(entry, name)) return &entry;
    if (like == nullptr || order(*entry.name) < order(*like->name)) like = &entry;
  }
  return like;
}

Result<OciIndex> OciIndex::with(const Reference& name, const Descriptor& manifest, std::string_view media_type) const {
  const auto same = [&](const auto& entry) { return has_name(entry, name); };
  const auto first = std::ranges::find_if(entries_, same);
  const bool only = first != entries_.end() && std::find_if(first + 1, entries_.end(), same) == entries_.end();
  if (only && first->is_model() && *first->blob == manifest && first->media_type == media_type) return *this;
  REGTOOL_TRY_ASSIGN(auto rest, without(name));
  const auto at = rest.entries_.empty() ? rest.end_ : rest.entries_.back().where.end();
  rest.text_.insert(at, (rest.entries_.empty() ? "" : ",") + entry_text(name, manifest, media_type));
  if (rest.text_.size() > max_size) return fail(Errc::unsupported, "index.json: more names than fit into 4 MiB");
  return parse(std::move(rest.text_));
}

Result<OciIndex> OciIndex::without(const Reference& name) const {
  auto index = *this;
  // From the end, so that what is yet to be looked at stays where it is.
  for (auto i = index.entries_.size(); i-- > 0;) {
    const auto entry = index.entries_[i];
    if (!has_name(entry, name)) continue;
    auto text = index.text_;
    if (entry.is_model()) {
      cut(text, index.entries_, i);
    } else {
      text.replace(entry.where.first, entry.where.length,
                   nameless(std::string_view(text).substr(entry.where.first, entry.where.length)));
    }
    REGTOOL_TRY_ASSIGN(index, parse(std::move(text)));
  }
  return index;
}

std::string media_type_of(std::string_view manifest) {
  const auto document = parse_json(manifest);
  const auto type = document ? json_text(*document, "mediaType") : std::string_view();
  return std::string(type.empty() ? oci_manifest : type);
}

std::string layout_version_in(std::string_view oci_layout) {
  const auto document = parse_json(oci_layout);
  return document ? std::string(json_text(*document, "imageLayoutVersion")) : std::string();
}

OciLinks links_of(std::string_view bytes) {
  OciLinks links;
  const auto document = parse_json(bytes);
  if (!document) return links;
  if (const auto* config = json_member(*document, "config")) {
    if (auto link = descriptor_of(*config)) links.blobs.push_back(std::move(*link));
  }
  add_links(*document, "layers", links.blobs);
  add_links(*document, "blobs", links.blobs);
  add_links(*document, "manifests", links.manifests);
  if (const auto* subject = json_member(*document, "subject")) {
    if (auto link = descriptor_of(*subject)) links.manifests.push_back(std::move(*link));
  }
  return links;
}

}  // namespace regtool
