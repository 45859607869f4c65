// Whichever single request to the service fails, nothing wrong comes of it, and the next run gets there.

#include "fake_context.hpp"
#include "faulty_transport.hpp"
#include "store-s3/s3_objects.hpp"
#include "test_bucket.hpp"
#include "verified_bytes.hpp"

#include <atomic>
#include <gtest/gtest.h>

namespace regtool {
namespace {

const std::string manifest = "{\"a manifest\": 1}";

const Reference& name() {
  static const auto parsed = Reference::parse("registry.test/ns/model:1").value();
  return parsed;
}

const std::string& large() {
  static const auto bytes = some_bytes(3 * TestBucket::part_size + 1000);
  return bytes;
}

const std::string& small() {
  static const auto bytes = some_bytes(1000, 2);
  return bytes;
}

// One run: a large blob, a small one, and a name.
Result<> bring_model(const Context& ctx, Store& store, Refs& refs) {
  REGTOOL_TRY(bring(ctx, store, large()));
  REGTOOL_TRY(bring(ctx, store, small()));
  return refs.link(ctx, name(), manifest);
}

// Flips a bit of the first bodies of blobs that are sent, between whoever hashed them and the service.
class DamagingTransport final : public Transport {
 public:
  DamagingTransport(Transport& inner, unsigned times) : inner_(inner), left_(times) {}

  Result<std::unique_ptr<Response>> send(const Context& ctx, const Request& request) noexcept override {
    const bool of_a_blob = request.method == Method::put && request.body->size() >= small().size();
    if (!of_a_blob || left_ == 0) return inner_.send(ctx, request);
    --left_;
    std::string bytes(request.body->size(), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
      at += request.body->read_at(at, std::as_writable_bytes(std::span(bytes).subspan(at))).value();
    }
    bytes[bytes.size() / 2] ^= 1;
    const auto damaged = memory_source(std::move(bytes));
    auto instead = request;
    instead.body = damaged.get();
    return inner_.send(ctx, instead);
  }

 private:
  Transport& inner_;
  std::atomic<unsigned> left_;
};

class S3FaultsTest : public testing::Test {
 protected:
  // A run whose n-th call goes wrong.
  Result<> run(Transport& transport) {
    const auto client = bucket_.client(transport);
    const auto store = make_s3_store(client, bucket_.options());
    const auto refs = make_s3_refs(client, bucket_.options().keys);
    return bring_model(real_.context(), *store, *refs);
  }

  // Both blobs and the name are as they should be, or, unless `all` has to be there, not there.
  void expect_right(bool all) {
    const auto client = bucket_.client();
    const auto store = make_s3_store(client, bucket_.options());
    const auto refs = make_s3_refs(client, bucket_.options().keys);
    for (const auto* bytes : {&large(), &small()}) {
      const auto there = bytes_in(real_.context(), *store, descriptor_of(*bytes).digest);
      EXPECT_TRUE(there == *bytes || (!all && there == "(absent)")) << there.substr(0, 100);
    }
    const auto found = refs->resolve(real_.context(), name());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value_or(all ? "" : manifest), manifest);
  }

  void clear() {
    const auto client = bucket_.client();
    const S3Objects objects(*client);
    std::vector<std::string> keys;
    ASSERT_TRUE(objects.list(real_.context(), "", "", [&](const S3ObjectPage& page) -> Result<> {
      for (const auto& object : page.objects) keys.push_back(object.key);
      return {};
    }));
    for (const auto& key : keys) ASSERT_TRUE(objects.remove(real_.context(), key));
  }

  RealContext real_;
  TestBucket bucket_;
};

class S3Faults : public S3FaultsTest, public testing::WithParamInterface<Strike> {};

TEST_P(S3Faults, leave_nothing_wrong_and_the_next_run_gets_there) {
  std::uint64_t failed_runs = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    NthCallFails plan(nth);
    FaultyTransport faulty(real_transport(), plan, GetParam());
    const auto outcome = run(faulty);
    expect_right(outcome.has_value());
    if (!plan.struck()) break;
    if (!outcome) ++failed_runs;
    const auto again = run(real_transport());
    ASSERT_TRUE(again) << again.error().message;
    expect_right(true);
    clear();
    ASSERT_LT(nth, 200u);
  }
  EXPECT_GT(failed_runs, 10u);
}

TEST_P(S3Faults, are_got_over_by_trying_again) {
  const TransferSettings settings;
  for (std::uint64_t nth = 1;; nth += 2) {
    SCOPED_TRACE("call " + std::to_string(nth));
    NthCallFails plan(nth, Errc::unavailable);
    // As it is in the program: the retries are above what fails.
    FaultyTransport faulty(real_transport(), plan, GetParam());
    FakeContext patient;
    RetryingTransport retrying(faulty, settings);
    const auto client = bucket_.client(retrying);
    const auto store = make_s3_store(client, bucket_.options());
    const auto refs = make_s3_refs(client, bucket_.options().keys);
    const auto outcome = bring_model(patient.context(), *store, *refs);
    if (!plan.struck()) break;
    EXPECT_TRUE(outcome) << outcome.error().message;
    expect_right(true);
    clear();
    ASSERT_LT(nth, 200u);
  }
}

class S3DamageOnTheWay : public S3FaultsTest {};

TEST_F(S3DamageOnTheWay, is_found_by_the_service_and_sent_again) {
  for (const unsigned times : {1, 2}) {
    DamagingTransport damaging(real_transport(), times);
    const auto outcome = run(damaging);
    ASSERT_TRUE(outcome) << outcome.error().message;
    expect_right(true);
    clear();
  }
}

TEST_F(S3DamageOnTheWay, is_never_stored) {
  DamagingTransport damaging(real_transport(), ~0U);
  const auto client = bucket_.client(damaging);
  const auto store = make_s3_store(client, bucket_.options());
  for (const auto* bytes : {&large(), &small()}) {
    const auto outcome = bring(real_.context(), *store, *bytes);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::corrupt) << outcome.error().message;
  }
  expect_right(false);
}

INSTANTIATE_TEST_SUITE_P(S3, S3Faults, testing::Values(Strike::unheard, Strike::answer_lost), [](const auto& strike) {
  return strike.param == Strike::unheard ? "unheard" : "answer_lost";
});

}  // namespace
}  // namespace regtool
