#include "test_bucket.hpp"

#include "transport-poco/poco_transport.hpp"
#include "transport-poco/settings.hpp"

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

}  // namespace regtool
