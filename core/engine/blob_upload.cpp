#include "engine/blob_upload.hpp"

#include "engine/hash_source.hpp"
#include "engine/part_upload.hpp"
#include "engine/retry.hpp"

#include <algorithm>

namespace regtool {
namespace {

constexpr unsigned max_refusals = 2;

// A session that the registry has forgotten is begun anew.
Error as_lost_session(Error error) {
  if (error.code != Errc::not_found) return error;
  error.code = Errc::unavailable;
  return std::move(error).in("the upload session was lost");
}

Result<> send(const Context& ctx, const Toolkit& toolkit, UploadSession& session, const Layer& layer,
              const Source& source, Transfer& transfer, Retrier& retrier) {
  if (session.is_direct()) {
    REGTOOL_TRY(session.put_direct(ctx, source, transfer));
    return session.complete(ctx, {});
  }
  // A single request is simplest, but cannot be resumed: that matters beyond this size.
  if (layer.blob.size <= toolkit.settings.upload_part) return session.put_whole(ctx, source, transfer);
  const auto part_size = upload_part_size(layer.blob.size, toolkit.settings.upload_part, session.min_part_size());
  return upload_parts(ctx, toolkit, session, source, part_size, transfer, retrier);
}

Result<UploadOutcome> upload_once(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                  const Layer& layer, const Source& source, const std::string& mount_from,
                                  Transfer& transfer, Retrier& retrier) {
  REGTOOL_TRY_ASSIGN(auto session, UploadSession::begin(ctx, client, layer.blob, mount_from));
  if (!session) return UploadOutcome::mounted;
  REGTOOL_TRY(send(ctx, toolkit, *session, layer, source, transfer, retrier).map_error(as_lost_session));
  return UploadOutcome::sent;
}

// After a registry has refused the digest: whose fault is it?
Result<> check_local(const Context& ctx, const Toolkit& toolkit, const Layer& layer, const Source& source) {
  ctx.console.debug("the registry refused the digest of " + layer.blob.digest.text() + "; hashing the local blob");
  const auto proof = hash_source(ctx, toolkit.verifier, layer.blob, source);
  if (proof) return {};
  return fail(Error(proof.error()).in("the store's own blob is damaged; pull the model again"));
}

}  // namespace

Result<UploadOutcome> upload_blob(const Context& ctx, const Toolkit& toolkit, RegistryClient& client,
                                  const Layer& layer, const Source& source, const std::string& mount_from,
                                  Transfer& transfer) {
  transfer.enter(TransferState::moving);
  const auto describe = [&](Error error) {
    return fail(std::move(error).in(layer.label() + " " + std::string(layer.blob.digest.brief())));
  };
  Retrier retrier(ctx, toolkit.settings);
  for (unsigned refusals = 0;;) {
    const auto moved_before = transfer.moved();
    auto outcome = upload_once(ctx, toolkit, client, layer, source, mount_from, transfer, retrier);
    if (outcome) {
      transfer.enter(*outcome == UploadOutcome::sent ? TransferState::finished : TransferState::present);
      return outcome;
    }
    transfer.settle(0);
    auto error = std::move(outcome).error();
    if (error.code == Errc::corrupt && refusals++ < max_refusals) {
      if (auto good = check_local(ctx, toolkit, layer, source); !good) return describe(std::move(good).error());
      continue;
    }
    // An answer that got lost may have been a yes.
    const bool may_be_there = error.transient() && transfer.moved() > moved_before;
    if (may_be_there && client.has_blob_now(ctx, layer.blob.digest).value_or(false)) {
      transfer.enter(TransferState::finished);
      return UploadOutcome::sent;
    }
    // Time that went into moving bytes is not time without progress; the tries still count.
    retrier.moved(transfer.moved());
    if (auto again = retrier.failed(std::move(error)); !again) return describe(std::move(again).error());
  }
}

std::uint64_t upload_part_size(std::uint64_t blob_size, std::uint64_t smallest, std::uint64_t asked_for) {
  return std::max(asked_for, std::clamp(blob_size / 16, smallest, 10 * smallest));
}

}  // namespace regtool
