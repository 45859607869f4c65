#pragma once
// A place in the real service for one test: Ceph is started once for the whole executable, and each test has a bucket
// of its own.

#include "ceph.hpp"
#include "engine/retrying_transport.hpp"
#include "store-s3/s3_client.hpp"
#include "store-s3/s3_leftovers.hpp"
#include "store-s3/s3_refs.hpp"
#include "store-s3/s3_store.hpp"
#include "temp_dir.hpp"
#include "test_verifier.hpp"

#include <memory>
#include <string>

namespace regtool {

// Started by the first who asks.
lab::Ceph& ceph();

// The transport that regtool uses, with its retries.
Transport& real_transport();

class TestBucket {
 public:
  TestBucket();

  const std::string& bucket() const noexcept { return bucket_; }
  std::shared_ptr<S3Client> client(Transport& transport = real_transport()) const;
  std::shared_ptr<S3Client> client(Transport& transport, const lab::S3Account& account) const;

  // As if on one machine, with its own folder for what is under way. Small parts, so that tests move little.
  static constexpr std::uint64_t part_size = 64'000;
  S3StoreOptions options() const { return options(spool_); }
  static S3StoreOptions options(const TempDir& spool);

  // Behind the store's back.
  lab::HttpReply call(const std::string& method, const std::string& key, const std::string& body = {},
                      const std::map<std::string, std::string>& headers = {}) const;

 private:
  const std::string bucket_;
  TempDir spool_;
};

// Brings bytes into the store as a pull does: in order, hashed while they are written, with a checkpoint after each
// part. `stop_after`: so many bytes only, and no commit.
Result<> bring(const Context& ctx, Store& store, std::string_view bytes, std::uint64_t stop_after = ~std::uint64_t{0});

// The bytes of a blob; "(absent)", or the failure's message.
std::string bytes_in(const Context& ctx, Store& store, const Digest& digest);

}  // namespace regtool
