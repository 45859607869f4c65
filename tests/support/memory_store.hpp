#pragma once
// A store in memory: the twin of the real ones, for tests of what stands on a Store.

#include <regtool/leftovers.hpp>
#include <regtool/store.hpp>

#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace regtool {

// What outlives a process. Tests reach behind a store's back with it. Thread-safe.
class MemoryDisk {
 public:
  struct Published {
    std::shared_ptr<const std::string> bytes;
    std::chrono::system_clock::time_point modified;
    bool trusted = false;
  };

  // One unfinished blob. `data` has its final size from the beginning.
  struct Staging {
    std::uint64_t size = 0;
    std::unique_ptr<std::byte[]> data;
    RangeSet durable;
    std::optional<HashState> hashed;
    bool taken = false;
    std::size_t number = 0;  // no other has the same
    std::chrono::system_clock::time_point modified{};
  };

  // A disk that is far away: what is staged is read back once, in order, and not again by a later run.
  struct Distance {
    std::uint64_t window = std::numeric_limits<std::uint64_t>::max();  // as StagedFacts has it
    std::uint64_t unit = 0;                                            // StagedFacts::hash_states_every
  };

  MemoryDisk() = default;
  explicit MemoryDisk(const Distance& distance) : distance_(distance) {}

  // Publishes bytes that nobody verified, as a damaged disk or another program would.
  void put(const Digest& digest, std::string bytes);

  // Changes the first byte of a published blob so that nobody notices: it stays trusted.
  void rot(const Digest& digest);

  // The published bytes; null when there are none.
  std::shared_ptr<const std::string> bytes(const Digest& digest) const;

  // Leaves an unfinished blob, as an earlier run would.
  void leave_staged(const Descriptor& what, std::string_view prefix);

  // Changes the first byte, or the hash of the first ones, of what an earlier run left of a blob.
  void damage_staged(const Digest& digest);

  // Unfinished blobs, taken or not.
  std::size_t staged_count() const;

  // Every later write fails with Errc::no_space once this many bytes were written to staged blobs.
  void set_capacity(std::uint64_t bytes);

  // Every later change fails with Errc::forbidden.
  void make_read_only();

 private:
  friend class MemoryStore;
  friend class MemoryBlob;
  friend class MemoryStaged;
  friend class MemoryLeftovers;

  // With the lock held.
  void add(const Digest& digest, std::shared_ptr<Staging> staging);

  const Distance distance_{};
  mutable std::mutex mutex_;
  std::map<Digest, Published> blobs_;
  std::map<Digest, std::list<std::shared_ptr<Staging>>> staged_;
  std::size_t stagings_ = 0;  // so many there were until now
  std::uint64_t free_ = ~std::uint64_t{0};
  bool read_only_ = false;
};

// One process's view of the disk. Another MemoryStore on the same disk is another process.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>()) : disk_(std::move(disk)) {}

  MemoryDisk& disk() noexcept { return *disk_; }
  const std::shared_ptr<MemoryDisk>& shared_disk() const noexcept { return disk_; }

  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override;
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override;
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override;
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override;

 private:
  const std::shared_ptr<MemoryDisk> disk_;
};

class MemoryLeftovers final : public Leftovers {
 public:
  explicit MemoryLeftovers(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  Result<std::vector<Leftover>> list(const Context& ctx) noexcept override;
  Result<bool> remove(const Context& ctx, const Leftover& leftover) noexcept override;

 private:
  const std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace regtool
