#pragma once
// A published blob: an open file.

#include <regtool/store.hpp>

#include "local_file.hpp"
#include "trust_index.hpp"

namespace regtool {

class FolderBlob final : public Blob {
 public:
  // `opened` is how the file looked at that moment. `index` outlives this.
  FolderBlob(Descriptor what, local::Path path, local::File file, FileIdentity opened, TrustIndex& index)
      : what_(std::move(what)), path_(std::move(path)), file_(std::move(file)), opened_(opened), index_(index) {}

  std::uint64_t size() const noexcept override { return what_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override;
  std::optional<FileRegion> file() const noexcept override { return FileRegion{file_.handle(), {0, what_.size}}; }
  bool trusted() const noexcept override;
  void trust(const Verified& proof) noexcept override;

 private:
  bool untouched() const noexcept;

  const Descriptor what_;
  const local::Path path_;
  const local::File file_;
  const FileIdentity opened_;
  TrustIndex& index_;
};

}  // namespace regtool
