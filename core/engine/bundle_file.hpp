#pragma once
// A bundle on disk: FILE, or in volumes FILE.001, FILE.002 and so on, which are the same bytes one after the other.

#include <regtool/archive.hpp>
#include <regtool/source.hpp>

#include <filesystem>
#include <stop_token>
#include <vector>

namespace regtool {

// "FILE.001" for number 1.
std::filesystem::path volume_path(const std::filesystem::path& file, unsigned number);

// What a user means who names FILE, or its first volume: that file, or all of its volumes. Errc::not_found where there
// is neither, or where a volume is missing between others.
Result<std::vector<std::filesystem::path>> find_volumes(const std::filesystem::path& named);

// Opens them as one.
Result<std::unique_ptr<Source>> open_bundle(const std::filesystem::path& named);

// Part of another source, which outlives it.
std::unique_ptr<Source> part_of(const Source& whole, Range range);

// A source as what archives are read from; `source` outlives it. Errc::cancelled after `stop`.
class SourceInput final : public ByteInput {
 public:
  SourceInput(const Source& source, std::stop_token stop) : source_(source), stop_(std::move(stop)) {}
  Result<std::size_t> read(std::span<std::byte> out) noexcept override;
  Result<std::uint64_t> skip(std::uint64_t count) noexcept override;

 private:
  const Source& source_;
  const std::stop_token stop_;
  std::uint64_t at_ = 0;
};

}  // namespace regtool
