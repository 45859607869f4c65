#include "engine/prune.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace regtool {
namespace {

// How many blobs are removed between two looks at the names. Each is kept open until the second one.
constexpr std::size_t batch = 64;

// A blob that is no longer in the store; what it held can still be read.
struct Removed {
  Descriptor what;
  std::unique_ptr<Blob> blob;
};

Result<std::set<Digest>> referenced_blobs(const Context& ctx, const Toolkit& toolkit) {
  REGTOOL_TRY_ASSIGN(const auto names, toolkit.refs.list(ctx));
  std::set<Digest> referenced;
  for (const auto& info : names) {
    REGTOOL_TRY_ASSIGN(auto bytes, toolkit.refs.resolve(ctx, info.name));
    if (!bytes) continue;
    auto manifest = Manifest::parse(std::move(*bytes));
    if (!manifest) {
      return fail(std::move(manifest).error().in(info.name.display() + " cannot be read, so no blob is removed"));
    }
    for (const auto& layer : manifest->distinct_blobs()) referenced.insert(layer.blob.digest);
  }
  return referenced;
}

Result<> remove(const Context& ctx, const Toolkit& toolkit, const Digest& digest, std::vector<Removed>& removed) {
  REGTOOL_TRY_ASSIGN(auto blob, toolkit.blobs.open(ctx, digest));
  if (!blob) return {};
  REGTOOL_TRY_ASSIGN(const bool gone, toolkit.blobs.remove(ctx, digest));
  if (gone) removed.push_back({{digest, blob->size()}, std::move(blob)});
  return {};
}

// As any blob comes into the store: verified.
Result<> put_back(const Context& ctx, const Toolkit& toolkit, const Removed& removed) {
  REGTOOL_TRY_ASSIGN(const auto there, toolkit.blobs.open(ctx, removed.what.digest));
  if (there) return {};
  REGTOOL_TRY_ASSIGN(auto verification, Verification::begin(toolkit.verifier, removed.what));
  REGTOOL_TRY_ASSIGN(auto staged, toolkit.blobs.stage(ctx, removed.what));
  std::vector<std::byte> buffer(1 << 20);
  for (std::uint64_t at = 0; at < removed.what.size;) {
    REGTOOL_TRY_ASSIGN(const auto count, removed.blob->read_at(at, buffer));
    const auto piece = std::span(buffer).first(count);
    verification.update(piece);
    REGTOOL_TRY(staged->write_at(at, piece));
    at += count;
  }
  auto proof = verification.finish();
  if (!proof) {
    staged->discard();
    return fail(std::move(proof).error());
  }
  Finished finished[] = {{std::move(staged), std::move(*proof)}};
  return toolkit.blobs.commit(ctx, finished);
}

// What has come to be needed, or may have, goes back.
Result<> put_back_needed(const Context& ctx, const Toolkit& toolkit, std::vector<Removed>& removed) {
  const auto needed = referenced_blobs(ctx, toolkit);
  for (auto one = removed.begin(); one != removed.end();) {
    if (needed && !needed->contains(one->what.digest)) {
      ++one;
      continue;
    }
    if (auto back = put_back(ctx, toolkit, *one); !back) {
      return fail(std::move(back).error().in("put back " + one->what.digest.text()));
    }
    one = removed.erase(one);
  }
  if (!needed) return fail(needed.error());
  return {};
}

}  // namespace

Result<RemovalReport> remove_unreferenced(const Context& ctx, const Toolkit& toolkit,
                                          const std::vector<Layer>& candidates) {
  RemovalReport report;
  for (std::size_t begin = 0; begin < candidates.size(); begin += batch) {
    REGTOOL_TRY_ASSIGN(const auto referenced, referenced_blobs(ctx, toolkit));
    std::vector<Removed> removed;
    Result<> outcome;
    for (auto i = begin; i < std::min(begin + batch, candidates.size()) && outcome; ++i) {
      const auto& digest = candidates[i].blob.digest;
      if (!referenced.contains(digest)) outcome = remove(ctx, toolkit, digest, removed);
    }
    if (removed.empty() && outcome) continue;
    REGTOOL_TRY(put_back_needed(ctx, toolkit, removed));
    REGTOOL_TRY(outcome);
    report.blobs += removed.size();
    for (const auto& one : removed) report.bytes += one.what.size;
  }
  return report;
}

}  // namespace regtool
