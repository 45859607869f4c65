#pragma once
// A small blob being written: it waits in the spool, and is uploaded with one request once it is proven.

#include "spool_file.hpp"
#include "staged_blob.hpp"

namespace regtool {

class StagedWhole final : public StagedBlob {
 public:
  static Result<std::unique_ptr<StagedBlob>> make(const void* owner, const Descriptor& what, const PartPlan& plan,
                                                  const Staging& shared);
  ~StagedWhole() override;

  const StagedFacts& facts() const noexcept override { return facts_; }
  Result<> write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  Result<> checkpoint(const RangeSet&, const std::optional<HashState>&) noexcept override { return {}; }
  void discard() noexcept override {}

  Result<> publish(const Context& ctx) override;
  bool publishes_at_once() const noexcept override { return true; }

 private:
  StagedWhole(const void* owner, const Descriptor& what, const Staging& shared, std::unique_ptr<SpoolFile> file,
              std::uint64_t part_size);

  const Staging shared_;
  const std::unique_ptr<SpoolFile> file_;
  const StagedFacts facts_;
  SpoolFile::Slot slot_ = 0;
};

}  // namespace regtool
