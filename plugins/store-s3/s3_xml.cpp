#include "s3_xml.hpp"

#include "number_text.hpp"
#include "one_line.hpp"
#include "time_text.hpp"

#include <charconv>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <pugixml.hpp>

namespace regtool {
namespace {

// Names are compared without the prefix of a namespace, which some services write.
bool is_called(const pugi::xml_node& node, std::string_view name) {
  const std::string_view full = node.name();
  return full.substr(full.find(':') == full.npos ? 0 : full.find(':') + 1) == name;
}

pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view name) {
  for (const auto& child : parent.children()) {
    if (is_called(child, name)) return child;
  }
  return {};
}

std::string text_of(const pugi::xml_node& parent, std::string_view name) {
  return child_of(parent, name).child_value();
}

template <class Number>
std::optional<Number> number_of(const pugi::xml_node& parent, std::string_view name) {
  return number_in<Number>(text_of(parent, name));
}

// An ETag may come with quotes or without; S3's own has them, and headers want them.
std::string etag_of(const pugi::xml_node& parent) {
  auto etag = text_of(parent, "ETag");
  return etag.empty() || etag.starts_with('"') ? etag : "\"" + etag + "\"";
}

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    unsigned value = 0;
    const auto digits = text.substr(at + 1, 2);
    const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || stopped != digits.data() + 2) return std::nullopt;
    plain += static_cast<char>(value);
    at += 2;
  }
  return plain;
}

// A list that were taken for whole would make what is missing in it look as if it were not there.
tl::unexpected<Error> no_next_page() {
  return fail(Errc::protocol, "the service has more to list and does not say how to ask for it");
}

// A document whose root is called `name`. Keys in it are decoded where the service has encoded them.
class Document {
 public:
  static Result<Document> parse(std::string_view body, std::string_view name) {
    Document document;
    const auto parsed = document.tree_->load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8);
    document.root_ = document.tree_->document_element();
    if (!parsed || !is_called(document.root_, name)) {
      return fail(Errc::protocol, fmt::format("the service answered with what is no {}", name));
    }
    document.encoded_ = text_of(document.root_, "EncodingType") == "url";
    return document;
  }

  const pugi::xml_node& root() const noexcept { return root_; }
  bool goes_on() const { return text_of(root_, "IsTruncated") == "true"; }

  std::optional<std::string> key(const pugi::xml_node& parent, std::string_view name) const {
    auto text = text_of(parent, name);
    if (text.empty()) return std::nullopt;
    return encoded_ ? decoded(text) : std::move(text);
  }

 private:
  Document() : tree_(std::make_unique<pugi::xml_document>()) {}
  std::unique_ptr<pugi::xml_document> tree_;
  pugi::xml_node root_;
  bool encoded_ = false;
};

}  // namespace

S3Words parse_error(std::string_view body) {
  const auto document = Document::parse(body, "Error");
  if (!document) return {};
  const auto words = [&](std::string_view name) { return one_line(text_of(document->root(), name)); };
  return {words("Code"), words("Message"), words("Region")};
}

Result<S3ObjectPage> parse_object_page(std::string_view body) {
  REGTOOL_TRY_ASSIGN(const auto document, Document::parse(body, "ListBucketResult"));
  S3ObjectPage page;
  for (const auto& node : document.root().children()) {
    if (is_called(node, "Contents")) {
      const auto size = number_of<std::uint64_t>(node, "Size");
      auto key = document.key(node, "Key");
      const auto modified = parse_iso_time(text_of(node, "LastModified"));
      if (key && size)
        page.objects.push_back({std::move(*key), etag_of(node), *size, modified.value_or(S3Object().modified)});
    } else if (is_called(node, "CommonPrefixes")) {
      if (auto prefix = document.key(node, "Prefix")) page.folders.push_back(std::move(*prefix));
    }
  }
  if (document.goes_on()) {
    page.next = text_of(document.root(), "NextContinuationToken");
    if (page.next.empty()) return no_next_page();
  }
  return page;
}

Result<S3UploadPage> parse_upload_page(std::string_view body) {
  REGTOOL_TRY_ASSIGN(const auto document, Document::parse(body, "ListMultipartUploadsResult"));
  S3UploadPage page;
  for (const auto& node : document.root().children()) {
    if (!is_called(node, "Upload")) continue;
    auto key = document.key(node, "Key");
    auto id = text_of(node, "UploadId");
    const auto begun = parse_iso_time(text_of(node, "Initiated"));
    if (key && !id.empty()) page.uploads.push_back({std::move(*key), std::move(id), begun.value_or(S3Upload().begun)});
  }
  if (document.goes_on()) {
    page.next_key = document.key(document.root(), "NextKeyMarker").value_or("");
    page.next_id = text_of(document.root(), "NextUploadIdMarker");
    if (page.next_key.empty()) return no_next_page();
  }
  return page;
}

Result<S3PartPage> parse_part_page(std::string_view body) {
  REGTOOL_TRY_ASSIGN(const auto document, Document::parse(body, "ListPartsResult"));
  S3PartPage page;
  for (const auto& node : document.root().children()) {
    if (!is_called(node, "Part")) continue;
    const auto number = number_of<unsigned>(node, "PartNumber");
    const auto size = number_of<std::uint64_t>(node, "Size");
    if (number && size) page.parts.push_back({*number, etag_of(node), *size});
  }
  if (document.goes_on()) {
    page.next = text_of(document.root(), "NextPartNumberMarker");
    if (page.next.empty()) return no_next_page();
  }
  return page;
}

Result<std::string> parse_upload_id(std::string_view body) {
  REGTOOL_TRY_ASSIGN(const auto document, Document::parse(body, "InitiateMultipartUploadResult"));
  auto id = text_of(document.root(), "UploadId");
  if (id.empty()) return fail(Errc::protocol, "the service began an upload without saying which");
  return id;
}

std::string completion_of(std::span<const S3Part> parts) {
  std::string text = "<CompleteMultipartUpload>";
  for (const auto& part : parts) {
    std::string etag;
    for (const char c : part.etag)
      etag += c == '"' ? "&quot;" : c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    text += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", part.number, etag);
  }
  return text + "</CompleteMultipartUpload>";
}

}  // namespace regtool
