#pragma once
// What interrupted runs have left in the bucket, as Leftovers.

#include <regtool/leftovers.hpp>

#include "s3_store.hpp"

namespace regtool {

std::unique_ptr<Leftovers> make_s3_leftovers(std::shared_ptr<S3Client> client, const S3StoreOptions& options);

}  // namespace regtool
