#pragma once
// JSON, written in order.

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace regtool::cli {

// One document on one line. Bytes that are not UTF-8 are replaced, so that what comes out is always valid. The caller
// sees to it that what is begun is ended.
class JsonText {
 public:
  JsonText();
  ~JsonText();
  JsonText(JsonText&&) noexcept;
  JsonText& operator=(JsonText&&) noexcept;

  JsonText& begin_object();
  JsonText& end_object();
  JsonText& begin_array();
  JsonText& end_array();
  JsonText& key(std::string_view name);
  JsonText& value(std::string_view text);
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(bool flag);
  JsonText& value(std::uint64_t number);
  JsonText& null();
  JsonText& raw(std::string_view json);  // a whole JSON value

  template <class T>
  JsonText& field(std::string_view name, const T& what) {
    return key(name).value(what);
  }

  std::string text() const;

 private:
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace regtool::cli
