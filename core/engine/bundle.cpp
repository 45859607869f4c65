#include "engine/bundle.hpp"

#include "engine/bundle_entry.hpp"
#include "engine/bundle_file.hpp"
#include "engine/hash_source.hpp"

namespace regtool {
namespace {

// Takes every entry for what it is.
class Look {
 public:
  Look(const Context& ctx, const Source& bytes, Verifier& verifier) : ctx_(ctx), bytes_(bytes), verifier_(verifier) {}

  Result<> take(ArchiveReader& reader, const ArchiveEntry& entry) {
    REGTOOL_TRY_ASSIGN(const auto part, rules_.admit(entry));
    switch (part.kind) {
      case BundlePart::Kind::blob:
        return take_blob(*part.digest, entry);
      case BundlePart::Kind::index: {
        REGTOOL_TRY_ASSIGN(auto text, read_entry(reader, entry));
        return rules_.take_index(std::move(text));
      }
      case BundlePart::Kind::layout: {
        REGTOOL_TRY_ASSIGN(const auto text, read_entry(reader, entry));
        return BundleRules::check_layout(text);
      }
      case BundlePart::Kind::passed_over:
        break;
    }
    return {};
  }

  const std::optional<std::string>& index() const noexcept { return rules_.index(); }
  std::map<Digest, Range> blobs;

 private:
  Result<> take_blob(const Digest& digest, const ArchiveEntry& entry) {
    if (!entry.offset || *entry.offset > bytes_.size() || entry.size > bytes_.size() - *entry.offset) {
      return fail(Errc::corrupt, "blob " + digest.text() + " is cut short: is a part of the bundle missing?");
    }
    const Range where{*entry.offset, entry.size};
    if (rules_.is_first(digest)) {
      blobs.emplace(digest, where);
      return {};
    }
    // Of two that differ, one has not its digest.
    const auto again = hash_source(ctx_, verifier_, {digest, entry.size}, *part_of(bytes_, where));
    if (!again) return fail(Error(again.error()).in("blob " + digest.text() + " is there twice"));
    return {};
  }

  const Context& ctx_;
  const Source& bytes_;
  Verifier& verifier_;
  BundleRules rules_;
};

}  // namespace

Result<Bundle> Bundle::open(const Context& ctx, Archive& archive, const Source& bytes, Verifier& verifier) {
  SourceInput in(bytes, ctx.stop);
  REGTOOL_TRY_ASSIGN(const auto reader, archive.reader(in));
  Look look(ctx, bytes, verifier);
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto entry, reader->next());
    if (!entry) break;
    REGTOOL_TRY(look.take(*reader, *entry));
  }
  if (!look.index()) return fail(Errc::corrupt, "it has no index.json: it is no OCI image layout");
  Bundle bundle(bytes, verifier);
  REGTOOL_TRY_ASSIGN(bundle.index_, OciIndex::parse(*look.index()));
  bundle.blobs_ = std::move(look.blobs);
  return bundle;
}

std::optional<Range> Bundle::find(const Digest& digest) const {
  const auto found = blobs_.find(digest);
  return found == blobs_.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<Source> Bundle::blob(const Digest& digest) const {
  const auto where = find(digest);
  return where ? part_of(bytes_, *where) : nullptr;
}

Result<std::vector<BundleModel>> Bundle::models(const BundleChoice& choice) const {
  REGTOOL_TRY_ASSIGN(const auto chosen, choose_entries(index_, choice));
  return read_models(chosen, [this](const Descriptor& what) { return read_manifest(what); });
}

Result<std::optional<std::string>> Bundle::read_manifest(const Descriptor& what) const {
  const auto source = blob(what.digest);
  if (!source) return std::nullopt;
  if (source->size() != what.size || what.size > Manifest::max_size) {
    return fail(Errc::corrupt, "the manifest " + what.digest.text() + " has not the size that it should have");
  }
  std::string bytes(static_cast<std::size_t>(what.size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    REGTOOL_TRY_ASSIGN(const auto count, source->read_at(at, std::as_writable_bytes(std::span(bytes)).subspan(at)));
    if (count == 0) return fail(Errc::corrupt, "the manifest " + what.digest.text() + " is cut short");
    at += count;
  }
  REGTOOL_TRY_ASSIGN(const auto digest, digest_of(verifier_, bytes));
  if (digest != what.digest) return fail(Errc::corrupt, "the manifest " + what.digest.text() + " is damaged");
  return bytes;
}

Result<std::string> read_entry(ArchiveReader& reader, const ArchiveEntry& entry) {
  std::string text(static_cast<std::size_t>(entry.size), '\0');
  for (std::size_t at = 0; at < text.size();) {
    REGTOOL_TRY_ASSIGN(const auto count, reader.read(std::as_writable_bytes(std::span(text)).subspan(at)));
    if (count == 0) return fail(Errc::corrupt, "an entry is cut short");
    at += count;
  }
  return text;
}

}  // namespace regtool
