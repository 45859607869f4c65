#include "staged_whole.hpp"

#include <algorithm>

namespace regtool {

Result<std::unique_ptr<StagedBlob>> StagedWhole::make(const void* owner, const Descriptor& what, const PartPlan& plan,
                                                      const Staging& shared) {
  REGTOOL_TRY_ASSIGN(auto file, SpoolFile::make(shared.spool, plan));
  return std::unique_ptr<StagedBlob>(new StagedWhole(owner, what, shared, std::move(file), plan.part_size()));
}

// A later run does not find it: it is less than one part of a larger one, of which that would be lost as well.
StagedWhole::StagedWhole(const void* owner, const Descriptor& what, const Staging& shared,
                         std::unique_ptr<SpoolFile> file, std::uint64_t part_size)
    : StagedBlob(owner, what),
      shared_(shared),
      file_(std::move(file)),
      facts_{.window = file_->window(), .hash_states_every = part_size} {
  const std::lock_guard lock(shared_.spool.mutex());
  slot_ = file_->take(true).value_or(0);
}

StagedWhole::~StagedWhole() = default;

Result<> StagedWhole::write_at(std::uint64_t offset, std::span<const std::byte> data) noexcept {
  if (offset > what().size || data.size() > what().size - offset) {
    return fail(Errc::invalid_argument, "a write past the end of the blob");
  }
  return file_->write_at(slot_, offset, data);
}

Result<std::size_t> StagedWhole::read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  if (offset >= what().size) return 0;
  return file_->read_at(slot_, offset, out.first(std::min<std::uint64_t>(out.size(), what().size - offset)));
}

Result<> StagedWhole::publish(const Context& ctx) {
  const auto source = file_->source(slot_, what().size);
  const auto& unfinished = shared_.unfinished;
  return unfinished.objects().put_blob(ctx, unfinished.keys().blob(what().digest), *source, what().digest);
}

}  // namespace regtool
