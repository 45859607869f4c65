#include "s3_leftovers.hpp"

#include "unfinished_uploads.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace regtool {
namespace {

using Holder = UploadLocks::Holder;

constexpr std::string_view id_mark = "?uploadId=";
constexpr std::string_view lock_mark = "lock ";

// A record as the listing has it, and what it says.
struct Record {
  S3Object object;
  std::optional<UploadRecord> content{};
  bool in_use = false;
};

// Names of leftovers are keys: of the record of an upload; of the blob with the upload's id where it has no record; of
// a mark. A lock file of this machine has its own name after "lock ".
class S3Leftovers final : public Leftovers {
 public:
  S3Leftovers(std::shared_ptr<S3Client> client, const S3StoreOptions& options)
      : client_(std::move(client)),
        unfinished_(*client_, {options.keys, UploadLocks(options.spool, options.lock_names), options.takeover_after}) {}

  Result<std::vector<Leftover>> list(const Context& ctx) noexcept override {
    std::vector<Leftover> found;
    REGTOOL_TRY_ASSIGN(auto records, this->records(ctx));
    add_locks(records, found);
    REGTOOL_TRY(add_uploads(ctx, records, found));
    for (const auto& record : records) {
      if (!record.in_use) found.push_back({record.object.key, record.object.size, record.object.modified});
    }
    REGTOOL_TRY(add_marks(ctx, found));
    std::ranges::sort(found, {}, &Leftover::name);
    return found;
  }

  Result<bool> remove(const Context& ctx, const Leftover& leftover) noexcept override {
    const auto& name = leftover.name;
    if (name.starts_with(lock_mark)) return remove_lock(name.substr(lock_mark.size()));
    if (name.starts_with(keys().unfinished())) return remove_record(ctx, leftover);
    if (const auto marked = keys().verified_in(name)) return remove_mark(ctx, *marked);
    const auto mark = name.find(id_mark);
    if (mark == name.npos || !keys().blob_in(name.substr(0, mark))) return false;
    return unfinished_.uploads().abort(ctx, {name.substr(0, mark), name.substr(mark + id_mark.size()), {}});
  }

 private:
  const StoreKeys& keys() const noexcept { return unfinished_.keys(); }
  const S3Objects& objects() const noexcept { return unfinished_.objects(); }

  // Digest and name in the key of a record; nothing for another program's.
  std::optional<std::pair<Digest, std::string>> parts_of(std::string_view key) const {
    const auto rest = key.substr(keys().unfinished().size());
    const auto slash = rest.find('/');
    auto digest = Digest::parse("sha256:" + std::string(rest.substr(0, slash)));
    if (slash == rest.npos || !digest || !UnfinishedUploads::is_name(rest.substr(slash + 1))) return std::nullopt;
    return std::pair(std::move(*digest), std::string(rest.substr(slash + 1)));
  }

  Result<std::vector<Record>> records(const Context& ctx) const {
    std::vector<Record> records;
    REGTOOL_TRY(objects().list(ctx, keys().unfinished(), "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) records.push_back({object});
      return {};
    }));
    std::erase_if(records, [&](const Record& record) { return !parts_of(record.object.key); });
    for (auto& record : records) {
      const auto name = parts_of(record.object.key)->second;
      record.in_use = unfinished_.locks().take(name).holder == Holder::somebody;
      REGTOOL_TRY_ASSIGN(const auto text, unfinished_.read(ctx, record.object.key));
      if (text) record.content = parse_upload_record(text->bytes);
    }
    return records;
  }

  // Every upload. Takes the records that belong to one off the list.
  Result<> add_uploads(const Context& ctx, std::vector<Record>& records, std::vector<Leftover>& found) const {
    REGTOOL_TRY_ASSIGN(const auto uploads, unfinished_.uploads().list(ctx, keys().blobs()));
    for (const auto& upload : uploads) {
      if (!keys().blob_in(upload.key)) continue;
      const auto record = std::ranges::find_if(
          records, [&](const Record& one) { return one.content && one.content->upload_id == upload.id; });
      const bool recorded = record != records.end();
      if (recorded && record->in_use) continue;
      REGTOOL_TRY_ASSIGN(const auto parts, unfinished_.uploads().parts(ctx, upload));
      if (!parts) continue;
      std::uint64_t bytes = 0;
      for (const auto& part : *parts) bytes += part.size;
      found.push_back(recorded ? Leftover{record->object.key, bytes, record->object.modified}
                               : Leftover{upload.key + std::string(id_mark) + upload.id, bytes, upload.begun});
      if (recorded) records.erase(record);
    }
    return {};
  }

  // Which version of a blob was verified is of no use once the blob is gone.
  Result<> add_marks(const Context& ctx, std::vector<Leftover>& found) const {
    std::map<Digest, S3Object> marks;
    REGTOOL_TRY(objects().list(ctx, keys().verified(), "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) {
        if (auto digest = keys().verified_in(object.key)) marks.emplace(std::move(*digest), object);
      }
      return {};
    }));
    if (marks.empty()) return {};
    REGTOOL_TRY(objects().list(ctx, keys().blobs(), "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) {
        if (const auto digest = keys().blob_in(object.key)) marks.erase(*digest);
      }
      return {};
    }));
    for (const auto& [digest, mark] : marks) found.push_back({mark.key, mark.size, mark.modified});
    return {};
  }

  // Lock files whose record is gone: a crash came in between.
  void add_locks(const std::vector<Record>& records, std::vector<Leftover>& found) const {
    std::set<std::string> recorded;
    for (const auto& record : records) recorded.insert(parts_of(record.object.key)->second);
    for (const auto& name : unfinished_.locks().names()) {
      const auto lock = unfinished_.locks().take(name);
      if (lock.holder == Holder::nobody && !recorded.contains(name)) {
        found.push_back({std::string(lock_mark) + name, 0, lock.lock->modified()});
      }
    }
  }

  Result<bool> remove_lock(const std::string& name) const {
    auto found = unfinished_.locks().take(name);
    if (!found.lock) return false;
    found.lock->remove();
    return true;
  }

  Result<bool> remove_record(const Context& ctx, const Leftover& leftover) const {
    const auto parts = parts_of(leftover.name);
    if (!parts) return false;
    auto found = unfinished_.locks().take(parts->second);
    if (found.holder == Holder::somebody) return false;
    REGTOOL_TRY_ASSIGN(const auto text, unfinished_.read(ctx, leftover.name));
    // Somebody elsewhere goes on with it, if it is another one by now.
    if (!text || text->modified != leftover.modified) return false;
    if (const auto record = parse_upload_record(text->bytes)) {
      REGTOOL_TRY(unfinished_.uploads().abort(ctx, {keys().blob(parts->first), record->upload_id, {}}));
    }
    REGTOOL_TRY(objects().remove(ctx, leftover.name));
    if (found.lock) found.lock->remove();
    return true;
  }

  Result<bool> remove_mark(const Context& ctx, const Digest& digest) const {
    REGTOOL_TRY_ASSIGN(const auto blob, objects().head(ctx, keys().blob(digest)));
    REGTOOL_TRY_ASSIGN(const auto mark, objects().head(ctx, keys().verified(digest)));
    if (blob || !mark) return false;
    REGTOOL_TRY(objects().remove(ctx, keys().verified(digest)));
    return true;
  }

  const std::shared_ptr<S3Client> client_;
  const UnfinishedUploads unfinished_;
};

}  // namespace

std::unique_ptr<Leftovers> make_s3_leftovers(std::shared_ptr<S3Client> client, const S3StoreOptions& options) {
  return std::make_unique<S3Leftovers>(std::move(client), options);
}

}  // namespace regtool
