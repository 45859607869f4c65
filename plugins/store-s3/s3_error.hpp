#pragma once
// From what S3 answers to an Error, as a pure function.

#include <regtool/error.hpp>

#include "s3_xml.hpp"

#include <string>

namespace regtool {

// An answer that is no success.
struct S3Refusal {
  int status = 0;
  S3Words words;
};

// What messages call things.
struct S3Place {
  std::string bucket;
  std::string endpoint;  // without secrets
  std::string region;
};

// A message says what the service said, and what can be done about it.
Error error_of(const S3Refusal& refusal, const S3Place& place);

// The same request may succeed at once, though its status does not say so: the bytes were damaged on the way, the
// service got tired of waiting for them, or somebody else did something with the key at the same time.
bool repeatable(const S3Refusal& refusal) noexcept;

// There is no such object, upload or version.
bool is_absent(const S3Refusal& refusal) noexcept;

}  // namespace regtool
