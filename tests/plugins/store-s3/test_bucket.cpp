#include "test_bucket.hpp"

#include "transport-poco/poco_transport.hpp"
#include "transport-poco/settings.hpp"
#include "verified_bytes.hpp"

#include <atomic>

namespace regtool {
namespace {

class FixedCredentials final : public CredentialSource {
 public:
  explicit FixedCredentials(const lab::S3Account& account) : account_(account) {}
  Result<std::optional<S3Credentials>> load(const Context&) noexcept override {
    return S3Credentials{account_.access_key, account_.secret_key};
  }

 private:
  const lab::S3Account account_;
};

std::string new_bucket() {
  static std::atomic<int> count = 0;
  auto name = "bucket-" + std::to_string(++count);
  ceph().make_bucket(name);
  return name;
}

}  // namespace

lab::Ceph& ceph() {
  static lab::Ceph ceph({.min_part = 1024});
  return ceph;
}

Transport& real_transport() {
  static const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  static const auto inner = make_poco_transport({}, nothing).value();
  static const TransferSettings settings;
  static RetryingTransport transport(*inner, settings);
  return transport;
}

TestBucket::TestBucket() : bucket_(new_bucket()) {}

std::shared_ptr<S3Client> TestBucket::client(Transport& transport) const { return client(transport, ceph().owner()); }

std::shared_ptr<S3Client> TestBucket::client(Transport& transport, const lab::S3Account& account) const {
  auto credentials = std::make_unique<CredentialCache>(std::make_unique<FixedCredentials>(account));
  auto address = BucketAddress::make(bucket_, ceph().url(), "us-east-1", Addressing::automatic).value();
  return std::make_shared<S3Client>(transport, std::move(credentials),
                                    S3ClientOptions{bucket_, "us-east-1", std::move(address)});
}

S3StoreOptions TestBucket::options(const TempDir& spool) {
  return {.keys = StoreKeys("team/models"),
          .part_size = part_size,
          .uploads = 4,
          .spool = spool.path(),
          .spool_size = 10 * part_size,
          .lock_names = "abcdef"};
}

lab::HttpReply TestBucket::call(const std::string& method, const std::string& key, const std::string& body,
                                const std::map<std::string, std::string>& headers) const {
  return ceph().call(method, "/" + bucket_ + "/" + key, body, headers);
}

Result<> bring(const Context& ctx, Store& store, std::string_view bytes, std::uint64_t stop_after) {
  const auto verifier = make_test_verifier();
  const auto what = descriptor_of(bytes);
  REGTOOL_TRY_ASSIGN(auto staged, store.stage(ctx, what));
  const auto resumed = staged->facts().hashed.value_or(HashState());
  REGTOOL_TRY_ASSIGN(auto verification, Verification::resume(*verifier, what, resumed));
  std::vector<std::byte> buffer(TestBucket::part_size);
  for (auto at = resumed.bytes; at < bytes.size();) {
    if (at >= stop_after) return {};
    const auto piece = as_bytes(bytes).subspan(at, std::min<std::size_t>(buffer.size(), bytes.size() - at));
    REGTOOL_TRY(staged->write_at(at, piece));
    for (const auto end = at + piece.size(); at < end;) {
      REGTOOL_TRY_ASSIGN(const auto count, staged->read_at(at, std::span(buffer).first(end - at)));
      verification.update(std::span(buffer).first(count));
      at += count;
    }
    RangeSet done;
    done.add({0, at});
    const bool whole_part = at % TestBucket::part_size == 0;
    if (whole_part) REGTOOL_TRY(staged->checkpoint(done, verification.state()));
  }
  REGTOOL_TRY_ASSIGN(auto proof, verification.finish());
  Finished finished[] = {{std::move(staged), std::move(proof)}};
  return store.commit(ctx, finished);
}

std::string bytes_in(const Context& ctx, Store& store, const Digest& digest) {
  const auto blob = store.open(ctx, digest);
  if (!blob) return blob.error().message;
  if (!*blob) return "(absent)";
  std::string bytes((*blob)->size(), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count = (*blob)->read_at(at, std::as_writable_bytes(std::span(bytes).subspan(at)));
    if (!count) return count.error().message;
    at += *count;
  }
  return bytes;
}

}  // namespace regtool
