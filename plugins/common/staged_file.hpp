#pragma once
// A blob being written to a file of its own.

#include <regtool/store.hpp>

#include "local_file.hpp"
#include "staging_journal.hpp"

#include <atomic>
#include <memory>

namespace regtool {

// A file in the staging folder that nobody else writes to, with what is known of it.
struct StagedSlot {
  local::Path path;
  local::File file;  // locked
  StagedFacts facts{};
  bool contested = false;  // locks mean little here: somebody else may take the file, or put his own in its place

  local::Path journal() const { return path.string() + ".journal"; }
  local::Path new_journal() const { return path.string() + ".journal.new"; }  // until it is written
  local::Path claimed() const { return local::temporary_in(path.parent_path(), path.filename().string()); }
};

class StagedFile final : public StagedObject {
 public:
  // `owner` is whoever made it: only that may publish it.
  StagedFile(const void* owner, Descriptor what, StagedSlot slot, std::uint64_t inode)
      : owner_(owner),
        what_(std::move(what)),
        slot_(std::move(slot)),
        inode_(inode),
        worth_keeping_(!slot_.facts.resumed.empty()) {}
  ~StagedFile() override;

  const StagedFacts& facts() const noexcept override { return slot_.facts; }
  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  Result<> checkpoint(const RangeSet& done, const std::optional<HashState>& hashed) noexcept override;
  void discard() noexcept override;

  const void* owner() const noexcept { return owner_; }
  const Descriptor& what() const noexcept { return what_; }
  const StagedSlot& slot() const noexcept { return slot_; }

  void start_write_back() noexcept { local::start_write_back(slot_.file); }

  // Makes every byte durable. Once a sync has failed, each later one fails too: the kernel tells only once that it has
  // dropped bytes, and would hold the rest for the whole.
  Result<> sync() noexcept { return sync_with(local::sync_all); }

  // Moves the file, which must be durable, to where every reader finds it. False when the file is no longer in its
  // place: another process, which could not see our lock, took it, and may have put its own there.
  Result<bool> publish(const local::Path& target);

 private:
  Result<bool> claim(const local::FileInfo& info);

  using Sync = Result<>(const local::File& file, const local::Path& path);
  Result<> sync_with(Sync* how) noexcept;
  Result<> begin_journal(std::string_view line);

  const void* const owner_;
  const Descriptor what_;
  StagedSlot slot_;
  const std::uint64_t inode_;
  local::File journal_;
  std::uint64_t journal_size_ = 0;
  bool worth_keeping_;
  std::atomic<bool> sync_failed_ = false;
};

}  // namespace regtool
