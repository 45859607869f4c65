#include "base/json.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace regtool {
namespace {

// A Document that refuses depth while it is being built. The reader calls its handler without virtual functions, so
// these two hide those of the base.
class LimitedDocument : public rapidjson::Document {
 public:
  bool StartObject() { return descend() && rapidjson::Document::StartObject(); }
  bool StartArray() { return descend() && rapidjson::Document::StartArray(); }

  bool EndObject(rapidjson::SizeType members) {
    --depth_;
    return rapidjson::Document::EndObject(members);
  }

  bool EndArray(rapidjson::SizeType elements) {
    --depth_;
    return rapidjson::Document::EndArray(elements);
  }

 private:
  bool descend() noexcept { return ++depth_ <= max_json_depth; }
  unsigned depth_ = 0;
};

}  // namespace

Result<rapidjson::Document> parse_json(std::string_view text) {
  // RapidJSON takes a NUL for the end of the text, and would not look at what follows it.
  if (const auto nul = text.find('\0'); nul != text.npos) {
    return fail(Errc::protocol, fmt::format("not JSON: a NUL character at byte {}", nul));
  }
  // What proxies, login pages and registries that are none answer with.
  if (const auto first = text.find_first_not_of(" \t\r\n"); first != text.npos && text[first] == '<') {
    return fail(Errc::protocol, "not JSON: a web page, or XML");
  }
  LimitedDocument document;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  const auto parse = [&](rapidjson::Document&) {
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    return !reader.Parse<flags>(stream, document).IsError();
  };
  document.Populate(parse);
  if (!reader.HasParseError()) return rapidjson::Document(std::move(document));
  if (reader.GetParseErrorCode() == rapidjson::kParseErrorTermination) {
    return fail(Errc::protocol, fmt::format("JSON nested deeper than {} levels", max_json_depth));
  }
  return fail(Errc::protocol,
              fmt::format("not JSON: {} (at byte {})", rapidjson::GetParseError_En(reader.GetParseErrorCode()),
                          reader.GetErrorOffset()));
}

const rapidjson::Value* json_member(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const rapidjson::Value key(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string_view json_text(const rapidjson::Value& object, std::string_view name) {
  const auto* value = json_member(object, name);
  if (value == nullptr || !value->IsString()) return {};
  return {value->GetString(), value->GetStringLength()};
}

}  // namespace regtool
