#include "unfinished_uploads.hpp"

#include "hashing.hpp"
#include "part_plan.hpp"

namespace regtool {
namespace {

constexpr std::size_t random_bytes = 8;  // of a name, and of a claim
constexpr std::size_t max_record = 8 << 10;

bool can_go_on(const UploadRecord& record, const Descriptor& what) {
  if (record.blob_size != what.size) return false;
  const auto plan = PartPlan::make(what.size, record.part_size);
  return plan && plan->part_size() == record.part_size;
}

}  // namespace

bool UnfinishedUploads::is_name(std::string_view name) noexcept {
  return name.size() == 2 * random_bytes && name.find_first_not_of("0123456789abcdef") == name.npos;
}

Result<std::optional<S3Text>> UnfinishedUploads::read(const Context& ctx, const std::string& record) const {
  return objects_.get(ctx, record, max_record);
}

Result<std::optional<ClaimedUpload>> UnfinishedUploads::adopt(const Context& ctx, const Descriptor& what) const {
  std::vector<std::string> names;
  const auto prefix = keys().unfinished(what.digest);
  REGTOOL_TRY(objects_.list(ctx, prefix, "", [&](const S3ObjectPage& page) -> Result<> {
    for (const auto& object : page.objects) {
      auto name = object.key.substr(prefix.size());
      if (is_name(name)) names.push_back(std::move(name));
    }
    return {};
  }));
  for (const auto& name : names) {
    REGTOOL_TRY_ASSIGN(auto claimed, adopt(ctx, what, name));
    if (claimed) return claimed;
  }
  return std::nullopt;
}

Result<std::optional<ClaimedUpload>> UnfinishedUploads::adopt(const Context& ctx, const Descriptor& what,
                                                              const std::string& name) const {
  auto found = options_.locks.take(name);
  if (found.holder == UploadLocks::Holder::somebody) return std::nullopt;
  REGTOOL_TRY_ASSIGN(const auto text, read(ctx, keys().unfinished(what.digest, name)));
  auto record = text ? parse_upload_record(text->bytes) : std::nullopt;
  if (!record || !can_go_on(*record, what)) return std::nullopt;
  if (!found.lock) {
    // It was begun elsewhere, and nobody can tell us whether its owner lives but the time.
    if (text->now - text->modified < options_.takeover_after) return std::nullopt;
    auto lock = options_.locks.create(name);
    if (!lock && lock.error().code == Errc::already_exists) return std::nullopt;
    REGTOOL_TRY(lock);
    found.lock = std::move(*lock);
  }
  ClaimedUpload upload{what, name, std::move(*found.lock), *record, text->etag};
  REGTOOL_TRY_ASSIGN(const bool ours, write_record(ctx, upload, std::move(*record)));
  if (!ours) return std::nullopt;
  REGTOOL_TRY_ASSIGN(const bool good, find_parts(ctx, upload));
  if (good) return upload;
  abort(ctx, upload);
  return std::nullopt;
}

// False when it is gone, or has not the parts that the record tells of.
Result<bool> UnfinishedUploads::find_parts(const Context& ctx, ClaimedUpload& upload) const {
  REGTOOL_TRY_ASSIGN(auto parts, uploads_.parts(ctx, upload_of(upload)));
  const auto& record = upload.record;
  if (!parts || parts->size() < record.whole_parts()) return false;
  parts->resize(record.whole_parts());
  for (std::size_t i = 0; i < parts->size(); ++i) {
    if ((*parts)[i].number != i + 1 || (*parts)[i].size != record.part_size) return false;
  }
  if (!parts->empty()) {
    REGTOOL_TRY_ASSIGN(const auto fingerprint, fingerprint_of(*parts));
    if (fingerprint != record.parts) return false;
  }
  upload.parts = std::move(*parts);
  return true;
}

Result<ClaimedUpload> UnfinishedUploads::begin(const Context& ctx, const Descriptor& what,
                                               std::uint64_t part_size) const {
  REGTOOL_TRY_ASSIGN(auto name, random_hex(random_bytes));
  REGTOOL_TRY_ASSIGN(auto lock, options_.locks.create(name));
  ClaimedUpload upload{what, std::move(name), std::move(lock), {}, {}};
  UploadRecord record{.upload_id = {}, .blob_size = what.size, .part_size = part_size};
  auto id = uploads_.begin(ctx, keys().blob(what.digest), verified_headers(what.digest));
  if (!id) {
    upload.lock.remove();
    return fail(std::move(id).error());
  }
  record.upload_id = upload.record.upload_id = std::move(*id);
  if (const auto written = write_record(ctx, upload, std::move(record)); !written) {
    abort(ctx, upload);
    return fail(written.error());
  }
  return upload;
}

Result<> UnfinishedUploads::save(const Context& ctx, ClaimedUpload& upload, const HashState& hashed,
                                 std::span<const S3Part> parts) const {
  auto record = upload.record;
  record.hashed = hashed;
  REGTOOL_TRY_ASSIGN(record.parts, fingerprint_of(parts));
  REGTOOL_TRY_ASSIGN(const bool ours, write_record(ctx, upload, std::move(record)));
  if (ours) return {};
  return fail(Errc::unavailable, "another machine has taken over the upload of " + upload.what.digest.text());
}

// True when it was written over what we knew to be there.
Result<bool> UnfinishedUploads::write_record(const Context& ctx, ClaimedUpload& upload, UploadRecord record) const {
  const auto key = keys().unfinished(upload.what.digest, upload.name);
  REGTOOL_TRY_ASSIGN(record.claim, random_hex(random_bytes));
  const S3Condition condition{.if_absent = upload.record_etag.empty(), .if_etag = upload.record_etag};
  REGTOOL_TRY_ASSIGN(auto etag, objects_.put(ctx, key, to_text(record), condition));
  if (!etag) {
    // The answer to a first try may have been lost, and a second one then met what the first had written.
    REGTOOL_TRY_ASSIGN(const auto text, read(ctx, key));
    const auto there = text ? parse_upload_record(text->bytes) : std::nullopt;
    if (!there || there->claim != record.claim) return false;
    etag = text->etag;
  }
  upload.record = std::move(record);
  upload.record_etag = std::move(*etag);
  return true;
}

void UnfinishedUploads::forget(const Context& ctx, ClaimedUpload& upload) const noexcept {
  const auto removed = objects_.remove(ctx, keys().unfinished(upload.what.digest, upload.name));
  if (!removed) return ctx.console.debug(removed.error().message);
  upload.lock.remove();
}

void UnfinishedUploads::abort(const Context& ctx, ClaimedUpload& upload) const noexcept {
  const auto aborted = uploads_.abort(ctx, upload_of(upload));
  if (!aborted) ctx.console.debug(aborted.error().message);
  // Without its upload a record is of no use; with one, the record tells who comes to clean up whose it was.
  if (aborted) forget(ctx, upload);
}

}  // namespace regtool
