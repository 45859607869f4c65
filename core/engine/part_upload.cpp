#include "engine/part_upload.hpp"

#include <regtool/encoding.hpp>

#include "engine/part_senders.hpp"
#include "engine/retry.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace regtool {
namespace {

// Redirected parts on their way to storage at once.
constexpr unsigned parts_at_once = 8;

class PartUpload {
 public:
  PartUpload(const Context& ctx, const Toolkit& toolkit, UploadSession& session, const Source& source,
             std::uint64_t part_size, Transfer& transfer, Retrier& retrier)
      : ctx_(ctx),
        toolkit_(toolkit),
        session_(session),
        source_(source),
        part_size_(part_size),
        transfer_(transfer),
        retrier_(retrier),
        senders_(ctx, [this](const Context& inner, const RedirectedPart& part) { return send_part(inner, part); }) {}

  Result<> run() {
    while (done_.count() < source_.size()) {
      const bool may_offer = senders_.count() < parts_at_once && !offered_from(0).empty();
      if (may_offer) REGTOOL_TRY(offer_next());
      if (!may_offer || senders_.has_ended()) REGTOOL_TRY(finish_parts());
    }
    REGTOOL_TRY_ASSIGN(const auto etag, etag_of_parts());
    return with_retries(retrier_, [&] { return session_.complete(ctx_, etag); });
  }

 private:
  // The next bytes that nobody has been offered.
  Range offered_from(std::uint64_t at) const {
    auto gap = offered_.first_gap(at, source_.size());
    gap.length = std::min(gap.length, part_size_);
    return gap;
  }

  Result<> offer_next() {
    const auto part = offered_from(0);
    if (part.empty()) return {};
    auto answer = session_.patch(ctx_, source_, part, transfer_);
    if (!answer) return recover(std::move(answer).error());
    offered_.add(part);
    if (*answer) {
      uses_storage_ = true;
      senders_.begin({part, std::move(**answer)});
    } else {
      took(part);
    }
    return {};
  }

  void took(Range part) {
    done_.add(part);
    transfer_.settle(done_.count());
    retrier_.reached(done_.count());
  }

  Result<> wait_after(Error error) {
    retrier_.moved(transfer_.moved());
    return retrier_.failed(std::move(error));
  }

  // The registry knows how much of a part it has got. One that has lost the session, or whose storage takes parts in
  // any order, has nothing to tell.
  Result<> recover(Error error) {
    const bool refused = error.code == Errc::protocol;
    if (!error.transient() && !refused) return fail(std::move(error));
    auto passing = error;
    if (refused) passing.code = Errc::unavailable;
    REGTOOL_TRY(wait_after(std::move(passing)));
    if (uses_storage_) return {};
    auto received = session_.received(ctx_);
    if (!received) return fail(Errc::unavailable, "the upload session was lost: " + received.error().message);
    // It is not out of step with us: it means what it said.
    if (refused && *received == done_.count()) return fail(std::move(error));
    offered_ = done_ = RangeSet();
    offered_.add({0, std::min(*received, source_.size())});
    done_ = offered_;
    transfer_.settle(done_.count());
    return {};
  }

  // Takes the end of a part, and of all others that have ended. After a failure it waits for those under way, too: what
  // breaks several at once is one failure.
  Result<> finish_parts() {
    std::optional<Error> failed;
    do {
      auto [range, md5] = senders_.take();
      if (md5) {
        part_md5s_[range.first] = std::move(*md5);
        took(range);
        continue;
      }
      // Its URL may have expired: it is offered again.
      offered_.remove(range);
      failed = std::move(md5).error();
    } while (senders_.has_ended() || (failed && senders_.count() > 0));
    if (!failed) return {};
    if (failed->code == Errc::forbidden || failed->code == Errc::unauthenticated) failed->code = Errc::unavailable;
    return wait_after(std::move(*failed));
  }

  // Returns the part's MD5.
  Result<std::string> send_part(const Context& ctx, const RedirectedPart& part) {
    REGTOOL_TRY_ASSIGN(auto hasher, toolkit_.verifier.begin("md5"));
    std::vector<std::byte> buffer(1 << 20);
    for (auto at = part.range.first; at < part.range.end();) {
      const auto wanted = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), part.range.end() - at));
      REGTOOL_TRY_ASSIGN(const auto count, source_.read_at(at, wanted));
      if (count == 0) return fail(Errc::io, "the local blob has become shorter");
      hasher->update(wanted.first(count));
      at += count;
    }
    REGTOOL_TRY(session_.put_part(ctx, part.url, source_, part.range, transfer_));
    return hasher->finish();
  }

  // As S3 makes the ETag of a multipart upload: the MD5 of the parts' MD5s, and how many there are. Empty when the
  // registry took the parts itself.
  Result<std::string> etag_of_parts() {
    if (part_md5s_.empty()) return std::string();
    REGTOOL_TRY_ASSIGN(auto hasher, toolkit_.verifier.begin("md5"));
    for (const auto& [first, md5] : part_md5s_) {
      REGTOOL_TRY_ASSIGN(const auto bytes, from_hex(md5));
      hasher->update(as_bytes(bytes));
    }
    REGTOOL_TRY_ASSIGN(const auto hex, hasher->finish());
    return hex + "-" + std::to_string(part_md5s_.size());
  }

  const Context& ctx_;
  const Toolkit& toolkit_;
  UploadSession& session_;
  const Source& source_;
  const std::uint64_t part_size_;
  Transfer& transfer_;
  Retrier& retrier_;
  RangeSet offered_, done_;
  std::map<std::uint64_t, std::string> part_md5s_;  // hex, by the part's first byte
  bool uses_storage_ = false;
  PartSenders senders_;  // last: it uses the rest
};

}  // namespace

Result<> upload_parts(const Context& ctx, const Toolkit& toolkit, UploadSession& session, const Source& source,
                      std::uint64_t part_size, Transfer& transfer, Retrier& retrier) {
  return PartUpload(ctx, toolkit, session, source, part_size, transfer, retrier).run();
}

}  // namespace regtool
