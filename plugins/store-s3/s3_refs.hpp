#pragma once
// Manifests in a bucket, as Refs.

#include <regtool/refs.hpp>

#include "s3_client.hpp"
#include "store_keys.hpp"

#include <memory>

namespace regtool {

std::unique_ptr<Refs> make_s3_refs(std::shared_ptr<S3Client> client, const StoreKeys& keys);

}  // namespace regtool
