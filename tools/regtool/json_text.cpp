#include "json_text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace regtool::cli {
namespace {

std::string as_utf8(std::string_view raw) {
  const std::string text(raw);
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    rapidjson::StringStream in(text.c_str() + at);
    unsigned codepoint = 0;
    const bool good = rapidjson::UTF8<>::Decode(in, &codepoint);
    const auto length = good ? in.Tell() : 1;
    valid += good ? std::string_view(text).substr(at, length) : "\xEF\xBF\xBD";
    at += length;
  }
  return valid;
}

}  // namespace

struct JsonText::Writer {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
};

JsonText::JsonText() : writer_(std::make_unique<Writer>()) {}
JsonText::~JsonText() = default;
JsonText::JsonText(JsonText&&) noexcept = default;
JsonText& JsonText::operator=(JsonText&&) noexcept = default;

JsonText& JsonText::begin_object() {
  writer_->json.StartObject();
  return *this;
}

JsonText& JsonText::end_object() {
  writer_->json.EndObject();
  return *this;
}

JsonText& JsonText::begin_array() {
  writer_->json.StartArray();
  return *this;
}

JsonText& JsonText::end_array() {
  writer_->json.EndArray();
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  writer_->json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}

JsonText& JsonText::value(std::string_view text) {
  const auto valid = as_utf8(text);
  writer_->json.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  return *this;
}

JsonText& JsonText::value(bool flag) {
  writer_->json.Bool(flag);
  return *this;
}

JsonText& JsonText::value(std::uint64_t number) {
  writer_->json.Uint64(number);
  return *this;
}

JsonText& JsonText::null() {
  writer_->json.Null();
  return *this;
}

JsonText& JsonText::raw(std::string_view json) {
  writer_->json.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  return *this;
}

std::string JsonText::text() const { return writer_->buffer.GetString(); }

}  // namespace regtool::cli
