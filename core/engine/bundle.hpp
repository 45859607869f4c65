#pragma once
// A bundle that can be read anywhere, looked through from one end to the other: whether it is as it should be is known
// before anything of it is used.

#include <regtool/archive.hpp>
#include <regtool/context.hpp>
#include <regtool/source.hpp>
#include <regtool/verify.hpp>

#include "engine/bundle_models.hpp"

#include <map>
#include <memory>

namespace regtool {

class Bundle {
 public:
  // Reads heads and index, and passes over the rest. `bytes` and `verifier` outlive the bundle. Errors as
  // bundle_entry.hpp and Archive have them, and Errc::corrupt where there is no index.
  static Result<Bundle> open(const Context& ctx, Archive& archive, const Source& bytes, Verifier& verifier);

  // Where the bytes of a blob are; nothing when it is not there.
  std::optional<Range> find(const Digest& digest) const;

  // The blob; null when it is not there.
  std::unique_ptr<Source> blob(const Digest& digest) const;

  // The models that are chosen. Errors as choose_entries() and read_models().
  Result<std::vector<BundleModel>> models(const BundleChoice& choice) const;

  // Every blob, with where it is.
  const std::map<Digest, Range>& blobs() const noexcept { return blobs_; }

 private:
  Bundle(const Source& bytes, Verifier& verifier) : bytes_(bytes), verifier_(verifier) {}
  Result<std::optional<std::string>> read_manifest(const Descriptor& what) const;

  const Source& bytes_;
  Verifier& verifier_;
  OciIndex index_;
  std::map<Digest, Range> blobs_;
};

// The rest of an entry that is known to be small.
Result<std::string> read_entry(ArchiveReader& reader, const ArchiveEntry& entry);

}  // namespace regtool
