#pragma once
// Blobs in a bucket, as a Store.

#include <regtool/store.hpp>

#include "s3_client.hpp"
#include "store_keys.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace regtool {

struct S3StoreOptions {
  StoreKeys keys{""};
  std::uint64_t part_size = 16 << 20;  // bytes, a multiple of 64
  unsigned uploads = 16;               // requests at once that upload
  std::filesystem::path spool{};       // the folder; it must exist
  std::uint64_t spool_size = 256 << 20;
  std::string lock_names{};  // hex digits that no other bucket has whose store uses that folder
  std::chrono::milliseconds takeover_after{std::chrono::minutes(15)};
};

std::unique_ptr<Store> make_s3_store(std::shared_ptr<S3Client> client, const S3StoreOptions& options);

}  // namespace regtool
