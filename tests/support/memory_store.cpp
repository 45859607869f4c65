#include "memory_store.hpp"

#include <algorithm>
#include <atomic>
#include <new>

namespace regtool {

class MemoryBlob final : public Blob {
 public:
  MemoryBlob(std::shared_ptr<MemoryDisk> disk, Digest digest, std::shared_ptr<const std::string> bytes)
      : disk_(std::move(disk)), digest_(std::move(digest)), bytes_(std::move(bytes)) {}

  std::uint64_t size() const noexcept override { return bytes_->size(); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= bytes_->size()) return 0;
    const auto rest = std::as_bytes(std::span(*bytes_)).subspan(offset);
    const auto count = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), count, out.begin());
    return count;
  }

  bool trusted() const noexcept override {
    const std::lock_guard lock(disk_->mutex_);
    const auto* mine = published();
    return mine != nullptr && mine->trusted;
  }

  void trust(const Verified& proof) noexcept override {
    const std::lock_guard lock(disk_->mutex_);
    auto* mine = published();
    if (mine != nullptr && proof.what() == Descriptor{digest_, bytes_->size()}) mine->trusted = true;
  }

 private:
  // Null once the bytes were removed or replaced. With the lock held.
  MemoryDisk::Published* published() const noexcept {
    const auto found = disk_->blobs_.find(digest_);
    return found != disk_->blobs_.end() && found->second.bytes == bytes_ ? &found->second : nullptr;
  }

  const std::shared_ptr<MemoryDisk> disk_;
  const Digest digest_;
  const std::shared_ptr<const std::string> bytes_;
};

class MemoryStaged final : public StagedObject {
 public:
  MemoryStaged(std::shared_ptr<MemoryDisk> disk, Descriptor what, std::shared_ptr<MemoryDisk::Staging> mine)
      : disk_(std::move(disk)),
        what_(std::move(what)),
        mine_(std::move(mine)),
        facts_{mine_->durable, mine_->hashed, disk_->distance_.window, disk_->distance_.unit},
        read_(facts_.hashed ? facts_.hashed->bytes : 0) {}

  ~MemoryStaged() override {
    const std::lock_guard lock(disk_->mutex_);
    mine_->taken = false;
  }

  const StagedFacts& facts() const noexcept override { return facts_; }

  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept override {
    if (offset > what_.size || data.size() > what_.size - offset) {
      return fail(Errc::invalid_argument, "a write past the end of the blob");
    }
    if (offset + data.size() - std::min(read_.load(), offset) > facts_.window) {
      return fail(Errc::internal, "a write so far ahead of the hash that it might wait for ever");
    }
    {
      const std::lock_guard lock(disk_->mutex_);
      if (data.size() > disk_->free_) return fail(Errc::no_space, "the memory store is full");
      disk_->free_ -= data.size();
    }
    std::copy(data.begin(), data.end(), mine_->data.get() + offset);
    return {};
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= what_.size) return 0;
    if (!facts_.rereadable() && offset < read_) return fail(Errc::unsupported, "bytes that were read before are gone");
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(what_.size - offset, out.size()));
    std::copy_n(mine_->data.get() + offset, count, out.begin());
    read_ = offset + count;
    return count;
  }

  Result<> checkpoint(const RangeSet& done, const std::optional<HashState>& hashed) noexcept override {
    const std::lock_guard lock(disk_->mutex_);
    mine_->modified = std::chrono::system_clock::now();
    if (facts_.rereadable()) {
      mine_->durable = done;
    } else if (hashed) {
      mine_->hashed = hashed;
      mine_->durable.add({0, hashed->bytes});
    }
    return {};
  }

  void discard() noexcept override { drop(); }

  // Takes the staging off the disk.
  void drop() noexcept {
    const std::lock_guard lock(disk_->mutex_);
    disk_->staged_[what_.digest].remove(mine_);
  }

  const MemoryDisk* disk() const noexcept { return disk_.get(); }
  const Descriptor& what() const noexcept { return what_; }
  std::string bytes() const { return {reinterpret_cast<const char*>(mine_->data.get()), what_.size}; }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const Descriptor what_;
  const std::shared_ptr<MemoryDisk::Staging> mine_;
  const StagedFacts facts_;
  mutable std::atomic<std::uint64_t> read_;  // how far it was read back
};

namespace {

std::shared_ptr<MemoryDisk::Staging> new_staging(std::uint64_t size) {
  auto staging = std::make_shared<MemoryDisk::Staging>();
  staging->size = size;
  staging->data.reset(new (std::nothrow) std::byte[size]{});
  staging->modified = std::chrono::system_clock::now();
  return staging->data ? staging : nullptr;
}

std::string name_of(const Digest& digest, const MemoryDisk::Staging& staging) {
  return std::string(digest.hex()) + "." + std::to_string(staging.number);
}

std::uint64_t bytes_of(const MemoryDisk::Staging& staging) {
  std::uint64_t bytes = 0;
  for (const auto& range : staging.durable.ranges()) bytes += range.length;
  return bytes;
}

}  // namespace

void MemoryDisk::add(const Digest& digest, std::shared_ptr<Staging> staging) {
  staging->number = stagings_++;
  staged_[digest].push_back(std::move(staging));
}

void MemoryDisk::put(const Digest& digest, std::string bytes) {
  const std::lock_guard lock(mutex_);
  blobs_[digest] = {std::make_shared<const std::string>(std::move(bytes)), std::chrono::system_clock::now(), false};
}

void MemoryDisk::rot(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  auto& blob = blobs_.at(digest);
  auto bytes = *blob.bytes;
  bytes.at(0) = static_cast<char>(bytes[0] ^ 1);
  blob.bytes = std::make_shared<const std::string>(std::move(bytes));
}

std::shared_ptr<const std::string> MemoryDisk::bytes(const Digest& digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(digest);
  return found == blobs_.end() ? nullptr : found->second.bytes;
}

void MemoryDisk::leave_staged(const Descriptor& what, std::string_view prefix) {
  auto staging = new_staging(what.size);
  const auto bytes = std::as_bytes(std::span(prefix));
  std::copy(bytes.begin(), bytes.end(), staging->data.get());
  staging->durable.add({0, bytes.size()});
  const std::lock_guard lock(mutex_);
  add(what.digest, std::move(staging));
}

void MemoryDisk::damage_staged(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  auto& staging = *staged_.at(digest).front();
  staging.data[0] ^= std::byte{1};
  if (staging.hashed) staging.hashed->value = std::string(64, 'a');
}

std::size_t MemoryDisk::staged_count() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [digest, all] : staged_) count += all.size();
  return count;
}

void MemoryDisk::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  free_ = bytes;
}

void MemoryDisk::make_read_only() {
  const std::lock_guard lock(mutex_);
  read_only_ = true;
}

Result<std::unique_ptr<Blob>> MemoryStore::open(const Context&, const Digest& digest) noexcept {
  auto bytes = disk_->bytes(digest);
  if (!bytes) return nullptr;
  return std::make_unique<MemoryBlob>(disk_, digest, std::move(bytes));
}

Result<std::unique_ptr<StagedObject>> MemoryStore::stage(const Context&, const Descriptor& what) noexcept {
  const std::lock_guard lock(disk_->mutex_);
  if (disk_->read_only_) return fail(Errc::forbidden, "the memory store is read-only");
  auto& all = disk_->staged_[what.digest];
  const auto idle = std::find_if(all.begin(), all.end(),
                                 [&](const auto& staging) { return !staging->taken && staging->size == what.size; });
  auto mine = idle == all.end() ? new_staging(what.size) : *idle;
  if (!mine) return fail(Errc::no_space, "no memory for " + std::to_string(what.size) + " bytes");
  if (idle == all.end()) disk_->add(what.digest, mine);
  mine->taken = true;
  return std::make_unique<MemoryStaged>(disk_, what, std::move(mine));
}

Result<> MemoryStore::commit(const Context& ctx, std::span<Finished> blobs) noexcept {
  if (ctx.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  for (const auto& blob : blobs) {
    const auto* staged = dynamic_cast<const MemoryStaged*>(blob.staged.get());
    if (staged == nullptr || staged->disk() != disk_.get()) {
      return fail(Errc::invalid_argument, "a staged blob of another store");
    }
    if (staged->what() != blob.proof.what()) {
      return fail(Errc::invalid_argument, "a proof that belongs to another blob than " + staged->what().digest.text());
    }
  }
  for (auto& blob : blobs) {
    auto& staged = static_cast<MemoryStaged&>(*blob.staged);
    disk_->put(staged.what().digest, staged.bytes());
    {
      const std::lock_guard lock(disk_->mutex_);
      disk_->blobs_[staged.what().digest].trusted = true;
    }
    staged.drop();
    blob.staged.reset();
  }
  return {};
}

Result<bool> MemoryStore::remove(const Context&, const Digest& digest) noexcept {
  const std::lock_guard lock(disk_->mutex_);
  if (disk_->read_only_) return fail(Errc::forbidden, "the memory store is read-only");
  return disk_->blobs_.erase(digest) > 0;
}

Result<std::vector<BlobInfo>> MemoryStore::list(const Context&) noexcept {
  const std::lock_guard lock(disk_->mutex_);
  std::vector<BlobInfo> all;
  for (const auto& [digest, blob] : disk_->blobs_) all.push_back({digest, blob.bytes->size(), blob.modified});
  return all;
}

Result<std::vector<Leftover>> MemoryLeftovers::list(const Context&) noexcept {
  const std::lock_guard lock(disk_->mutex_);
  std::vector<Leftover> all;
  for (const auto& [digest, stagings] : disk_->staged_) {
    for (const auto& staging : stagings) {
      if (!staging->taken) all.push_back({name_of(digest, *staging), bytes_of(*staging), staging->modified});
    }
  }
  std::sort(all.begin(), all.end(), [](const Leftover& a, const Leftover& b) { return a.name < b.name; });
  return all;
}

Result<bool> MemoryLeftovers::remove(const Context&, const Leftover& leftover) noexcept {
  const std::lock_guard lock(disk_->mutex_);
  for (auto& [digest, stagings] : disk_->staged_) {
    const auto found = std::find_if(stagings.begin(), stagings.end(), [&, &digest = digest](const auto& staging) {
      return !staging->taken && name_of(digest, *staging) == leftover.name;
    });
    if (found == stagings.end()) continue;
    stagings.erase(found);
    return true;
  }
  return false;
}

}  // namespace regtool
