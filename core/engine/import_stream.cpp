// A bundle from a pipe: each blob passes once.

#include "engine/blob_sink.hpp"
#include "engine/bring_model.hpp"
#include "engine/bundle.hpp"
#include "engine/bundle_entry.hpp"
#include "engine/import.hpp"
#include "engine/prune.hpp"
#include "engine/stream_manifests.hpp"

namespace regtool {
namespace {

constexpr std::size_t piece = 1 << 20;

class StreamImport {
 public:
  StreamImport(const Context& ctx, const Toolkit& toolkit, const BundleChoice& choice)
      : ctx_(ctx), toolkit_(toolkit), manifests_(choice), sink_(toolkit), buffer_(piece) {}

  Result<> take(ArchiveReader& reader, const ArchiveEntry& entry) {
    REGTOOL_TRY_ASSIGN(const auto part, rules_.admit(entry));
    switch (part.kind) {
      case BundlePart::Kind::blob:
        return take_blob(reader, {*part.digest, entry.size});
      case BundlePart::Kind::index:
        return take_index(reader, entry);
      case BundlePart::Kind::layout: {
        REGTOOL_TRY_ASSIGN(const auto text, read_entry(reader, entry));
        return BundleRules::check_layout(text);
      }
      case BundlePart::Kind::passed_over:
        break;
    }
    return {};
  }

  // The archive has come to its end.
  Result<std::vector<ImportedModel>> finish() {
    REGTOOL_TRY(manifests_.finish());
    REGTOOL_TRY(learn_what_is_wanted());
    REGTOOL_TRY(sink_.flush(ctx_));
    std::vector<ImportedModel> imported;
    for (const auto& model : *manifests_.models()) imported.push_back({model.name, link(model)});
    REGTOOL_TRY(remove_unneeded());
    return imported;
  }

  void keep() noexcept { sink_.keep(ctx_); }

 private:
  Result<> take_index(ArchiveReader& reader, const ArchiveEntry& entry) {
    const bool first = !rules_.index();
    REGTOOL_TRY_ASSIGN(auto text, read_entry(reader, entry));
    REGTOOL_TRY(rules_.take_index(std::move(text)));
    if (!first) return {};
    REGTOOL_TRY(manifests_.take_index(*rules_.index()));
    return learn_what_is_wanted();
  }

  Result<> take_blob(ArchiveReader& reader, const Descriptor& what) {
    if (!rules_.is_first(what.digest)) return check_again(reader, what);
    sizes_.emplace(what.digest, what.size);
    if (manifests_.may_be_manifest(what)) return hold(reader, what);
    if (!manifests_.models()) return bring_in(reader, {{}, what, "blob", {}});
    const auto wanted = wanted_.find(what.digest);
    if (wanted == wanted_.end()) return {};
    REGTOOL_TRY(check_size(wanted->second));
    return bring_in(reader, wanted->second);
  }

  // Of two that differ, one has not its digest.
  Result<> check_again(ArchiveReader& reader, const Descriptor& what) {
    REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit_.verifier, what));
    REGTOOL_TRY(for_each_piece(reader, [&](std::span<const std::byte> data) -> Result<> {
      verification.update(data);
      return {};
    }));
    if (auto proof = verification.finish(); !proof) {
      return fail(std::move(proof).error().in("blob " + what.digest.text() + " is there twice"));
    }
    return {};
  }

  template <class Use>
  Result<> for_each_piece(ArchiveReader& reader, Use use) {
    while (true) {
      REGTOOL_TRY_ASSIGN(const auto count, reader.read(buffer_));
      if (count == 0) return {};
      REGTOOL_TRY(use(std::span<const std::byte>(buffer_).first(count)));
    }
  }

  // A manifest is a JSON object, and so is many a config.
  Result<> hold(ArchiveReader& reader, const Descriptor& what) {
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(what.size));
    REGTOOL_TRY(for_each_piece(reader, [&](std::span<const std::byte> data) -> Result<> {
      bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
      return {};
    }));
    REGTOOL_TRY_ASSIGN(const auto digest, digest_of(toolkit_.verifier, bytes));
    if (digest != what.digest) return fail(Errc::corrupt, "blob " + what.digest.text() + " is damaged");
    if (!bytes.starts_with('{')) return publish({{}, what, "blob", {}}, bytes);
    REGTOOL_TRY(manifests_.hold(what.digest, std::move(bytes)));
    return learn_what_is_wanted();
  }

  Result<> publish(const Layer& blob, const std::string& bytes) {
    const auto fill = [&](BlobIntake& intake) { return intake.write(0, std::as_bytes(std::span(bytes))); };
    return sink_.take(ctx_, blob, fill, true);
  }

  Result<> bring_in(ArchiveReader& reader, const Layer& blob) {
    const auto fill = [&](BlobIntake& intake) {
      std::uint64_t at = 0;
      return for_each_piece(reader, [&](std::span<const std::byte> data) -> Result<> {
        REGTOOL_TRY(intake.write(at, data));
        at += data.size();
        return {};
      });
    };
    return sink_.take(ctx_, blob, fill, false);
  }

  // As soon as all manifests have come. Until then, everything may be wanted.
  Result<> learn_what_is_wanted() {
    if (!manifests_.models() || !wanted_.empty()) return {};
    for (const auto& model : *manifests_.models()) {
      for (auto& layer : model.manifest.distinct_blobs()) {
        REGTOOL_TRY(check_size(layer));
        toolkit_.progress.add(layer.label(), layer.blob);
        auto digest = layer.blob.digest;
        wanted_.emplace(std::move(digest), std::move(layer));
      }
    }
    for (const auto& [digest, bytes] : manifests_.release()) {
      if (const auto wanted = wanted_.find(digest); wanted != wanted_.end()) {
        REGTOOL_TRY(publish(wanted->second, bytes));
      }
    }
    return {};
  }

  Result<> check_size(const Layer& wanted) const {
    const auto came = sizes_.find(wanted.blob.digest);
    if (came == sizes_.end() || came->second == wanted.blob.size) return {};
    return fail(Errc::corrupt, "blob " + wanted.blob.digest.text() + " has another size than its manifest says");
  }

  Result<CopyReport> link(const BundleModel& model) {
    const auto blobs = model.manifest.distinct_blobs();
    CopyReport report{model.manifest.total_size(), 0, blobs.size()};
    for (const auto& layer : blobs) {
      if (!sink_.taken().contains(layer.blob.digest)) continue;
      ++report.copied_blobs;
      report.copied_bytes += layer.blob.size;
    }
    REGTOOL_TRY_ASSIGN(const auto missing, missing_blobs(ctx_, toolkit_, blobs));
    if (!missing.empty()) return fail(missing_from_bundle(missing));
    const auto previous = toolkit_.refs.resolve(ctx_, model.name).value_or(std::nullopt);
    report.changed = previous != model.manifest.bytes();
    REGTOOL_TRY(bring_model(ctx_, toolkit_, model.name, model.manifest, blobs, report.changed,
                            [this](const std::vector<Layer>& wanted) { return still_there(wanted); }));
    return report;
  }

  // A pipe gives nothing twice.
  Result<> still_there(const std::vector<Layer>& wanted) {
    for (const auto& layer : wanted) {
      REGTOOL_TRY_ASSIGN(const bool there, has_good_blob(ctx_, toolkit_, layer.blob));
      if (!there) return fail(Errc::unavailable, "blob " + layer.blob.digest.text() + " is damaged, or was removed");
    }
    return {};
  }

  // What came before it was known that nobody wants it.
  Result<> remove_unneeded() {
    std::vector<Digest> unneeded;
    for (const auto& [digest, size] : sink_.taken()) {
      if (!wanted_.contains(digest)) unneeded.push_back(digest);
    }
    if (unneeded.empty()) return {};
    Removal removal;
    return remove_unreferenced(ctx_, toolkit_, unneeded, removal);
  }

  const Context& ctx_;
  const Toolkit& toolkit_;
  BundleRules rules_;
  StreamManifests manifests_;
  BlobSink sink_;
  std::vector<std::byte> buffer_;
  std::map<Digest, std::uint64_t> sizes_;  // of all blobs that have come
  std::map<Digest, Layer> wanted_;         // of the models that are chosen
};

Result<std::vector<ImportedModel>> import_all(StreamImport& import, Archive& archive, ByteInput& in) {
  REGTOOL_TRY_ASSIGN(const auto reader, archive.reader(in));
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto entry, reader->next());
    if (!entry) return import.finish();
    REGTOOL_TRY(import.take(*reader, *entry));
  }
}

}  // namespace

Result<std::vector<ImportedModel>> import_stream(const Context& ctx, const Toolkit& toolkit, Archive& archive,
                                                 ByteInput& in, const BundleChoice& choice) {
  toolkit.progress.enter("importing blobs");
  StreamImport import(ctx, toolkit, choice);
  auto imported = import_all(import, archive, in);
  if (!imported) import.keep();
  return imported;
}

}  // namespace regtool
