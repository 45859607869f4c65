#pragma once
// The plugin's options, and what they and the environment say together.

#include <regtool/config.hpp>

#include "bucket_address.hpp"
#include "credentials.hpp"
#include "s3_store.hpp"

#include <array>

namespace regtool {

extern const std::array<Option, 14> s3_options;

struct S3Settings {
  S3ClientOptions client;
  S3StoreOptions store;
  std::filesystem::path ca;  // empty: the transport's own
};

// Errc::invalid_argument for what cannot be: a store without a bucket, say.
Result<S3Settings> read_settings(const Config& config, const Environment& environment);

// From where the option "credentials" says. `transport` outlives it.
Result<std::unique_ptr<CredentialCache>> read_credentials(const Config& config, const Environment& environment,
                                                          Transport& transport);

}  // namespace regtool
