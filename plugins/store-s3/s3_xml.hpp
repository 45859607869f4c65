#pragma once
// The XML that S3 answers with, as far as the store wants to know it. Foreign bytes: of any shape, and bounded by
// whoever read them.

#include <regtool/result.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace regtool {

// The answer is not read beyond that: a page of a thousand keys of a thousand bytes, encoded, has less.
inline constexpr std::size_t max_xml = 8 << 20;

// What S3 says when it refuses. Fit for one line, and empty where it does not say.
struct S3Words {
  std::string code;     // "NoSuchKey"
  std::string message;  // for a person
  std::string region;   // where the bucket is, when the request went elsewhere
};

struct S3Object {
  std::string key;
  std::string etag;  // with its quotes
  std::uint64_t size = 0;
  std::chrono::system_clock::time_point modified{};
};

struct S3ObjectPage {
  std::vector<S3Object> objects;
  std::vector<std::string> folders;  // common prefixes, where a delimiter was asked for
  std::string next;                  // the token for the next page; empty on the last one
};

struct S3Upload {
  std::string key;
  std::string id;
  std::chrono::system_clock::time_point begun{};
};

struct S3UploadPage {
  std::vector<S3Upload> uploads;
  std::string next_key, next_id;  // markers for the next page; empty on the last one
};

struct S3Part {
  unsigned number = 0;
  std::string etag;  // with its quotes
  std::uint64_t size = 0;

  bool operator==(const S3Part&) const = default;
};

struct S3PartPage {
  std::vector<S3Part> parts;
  std::string next;  // the marker for the next page; empty on the last one
};

// Never fails: what is no error document has no words.
S3Words parse_error(std::string_view body);

// Errc::protocol for what is not the document that was asked for. Entries that lack what they need are left out.
Result<S3ObjectPage> parse_object_page(std::string_view body);
Result<S3UploadPage> parse_upload_page(std::string_view body);
Result<S3PartPage> parse_part_page(std::string_view body);

// Of the answer to CreateMultipartUpload.
Result<std::string> parse_upload_id(std::string_view body);

// The body of CompleteMultipartUpload.
std::string completion_of(std::span<const S3Part> parts);

}  // namespace regtool
