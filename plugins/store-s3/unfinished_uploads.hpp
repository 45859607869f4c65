#pragma once
// Uploads that are begun and not completed, with the records that let a later run go on with them.

#include <regtool/digest.hpp>

#include "s3_objects.hpp"
#include "s3_uploads.hpp"
#include "store_keys.hpp"
#include "upload_lock.hpp"
#include "upload_record.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

// An upload that is ours to go on with: nobody else on this machine works on it, and nobody elsewhere should.
struct ClaimedUpload {
  Descriptor what;
  std::string name;  // of its record and its lock
  UploadLock lock;
  UploadRecord record;
  std::string record_etag;
  std::vector<S3Part> parts{};  // the first ones, as far as the record's hash covers them
};

// Stateless but for what it refers to. Thread-safe.
class UnfinishedUploads {
 public:
  struct Options {
    StoreKeys keys;
    UploadLocks locks;
    std::chrono::milliseconds takeover_after;  // what was begun elsewhere, and has not moved for so long
  };
  UnfinishedUploads(S3Client& client, Options options)
      : objects_(client), uploads_(client), options_(std::move(options)) {}

  const StoreKeys& keys() const noexcept { return options_.keys; }
  const S3Objects& objects() const noexcept { return objects_; }
  const S3Uploads& uploads() const noexcept { return uploads_; }
  const UploadLocks& locks() const noexcept { return options_.locks; }

  // One that nobody works on any more.
  Result<std::optional<ClaimedUpload>> adopt(const Context& ctx, const Descriptor& what) const;

  // A new one, with its record.
  Result<ClaimedUpload> begin(const Context& ctx, const Descriptor& what, std::uint64_t part_size) const;

  // Records how far it has come. Errc::unavailable when somebody has taken it over.
  Result<> save(const Context& ctx, ClaimedUpload& upload, const HashState& hashed,
                std::span<const S3Part> parts) const;

  // Best effort, both: takes the record and the lock away once it is completed; or first the upload with all its parts.
  void forget(const Context& ctx, ClaimedUpload& upload) const noexcept;
  void abort(const Context& ctx, ClaimedUpload& upload) const noexcept;

  S3Upload upload_of(const ClaimedUpload& upload) const {
    return {keys().blob(upload.what.digest), upload.record.upload_id, {}};
  }

  // What a record's key holds; nothing when it is gone.
  Result<std::optional<S3Text>> read(const Context& ctx, const std::string& record) const;

  // Of the last part of a record's key. Nothing for what we never write.
  static bool is_name(std::string_view name) noexcept;

 private:
  Result<std::optional<ClaimedUpload>> adopt(const Context& ctx, const Descriptor& what, const std::string& name) const;
  Result<bool> write_record(const Context& ctx, ClaimedUpload& upload, UploadRecord record) const;
  Result<bool> find_parts(const Context& ctx, ClaimedUpload& upload) const;

  const S3Objects objects_;
  const S3Uploads uploads_;
  const Options options_;
};

}  // namespace regtool
