#include "fault_lab.hpp"

#include <regtool/url.hpp>

#include "digest_of.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr const char* repository = "ns/model";

class TokenAuthenticator final : public Authenticator {
 public:
  Result<Credential> answer(const Context& ctx, const Challenge& challenge, Transport& plain) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto realm, realm_of(challenge));
    return fetch_token(ctx, plain, {Method::get, with_query(realm, encode_query(token_query(challenge))), {}});
  }
};

FakeRegistryOptions options_of(const Fault& fault) {
  FakeRegistryOptions options;
  options.cdn.origin = "https://cdn.test";
  if (fault.registry) fault.registry(options);
  return options;
}

std::vector<std::string> make_layers(Shape shape) {
  if (shape == Shape::one_big) return {some_bytes(24 << 20)};
  std::vector<std::string> layers;
  for (unsigned i = 0; i < 60; ++i) layers.push_back(some_bytes(4096, i + 1));
  return layers;
}

}  // namespace

const std::vector<std::string>& layers_of(Shape shape) {
  static const auto big = make_layers(Shape::one_big), small = make_layers(Shape::many_small);
  return shape == Shape::one_big ? big : small;
}

std::uint64_t bytes_of(Shape shape) {
  std::uint64_t sum = 0;
  for (const auto& bytes : layers_of(shape)) sum += bytes.size();
  return sum;
}

FaultLab::FaultLab(const Fault& fault, Direction direction, Shape shape)
    : fault_(fault),
      lab_(options_of(fault)),
      site_{lab_, direction, shape},
      authenticator_(std::make_unique<TokenAuthenticator>()) {
  lab_.access.authenticator = authenticator_.get();
  // The time of one thread says nothing about what another one does.
  lab_.settings.sharing = false;
  const auto& layers = layers_of(shape);
  manifest_ = direction == Direction::pull ? lab_.publish(repository, layers) : lab_.keep(repository, layers);
}

Result<> FaultLab::run_under_fault() {
  if (fault_.inject) fault_.inject(site_);
  return run();
}

Result<> FaultLab::run_without_fault() {
  lab_.registry.plan().clear();
  lab_.serve();
  return run();
}

Result<> FaultLab::run() {
  lab_.registry.log().clear();
  clock_ = std::make_unique<ParallelClock>();
  const Context ctx{{}, *clock_, lab_.fake.console};
  const auto name = *Reference::parse(std::string("registry.test/") + repository);
  if (site_.direction == Direction::pull) {
    REGTOOL_TRY(pull(ctx, lab_.toolkit(), lab_.access, name, {}));
  } else {
    REGTOOL_TRY(push(ctx, lab_.toolkit(), lab_.access, name, name, {}));
  }
  return {};
}

std::uint64_t FaultLab::moved() {
  const auto& log = lab_.registry.log();
  return site_.direction == Direction::pull ? log.bytes_sent("/blobs/") : log.bytes_received("/uploads/");
}

bool FaultLab::has_manifest() {
  if (site_.direction == Direction::pull) return lab_.stored(repository) == manifest_;
  const auto found = lab_.registry.content().manifest(repository, "latest");
  return found && found->bytes == manifest_;
}

bool FaultLab::has(const std::string& bytes) {
  if (site_.direction == Direction::pull) return lab_.has(bytes);
  const auto found = lab_.registry.content().blob(repository, digest_of(bytes).text());
  return found && *found == bytes;
}

void FaultLab::expect_complete() {
  EXPECT_TRUE(has_manifest());
  for (const auto& bytes : layers_of(site_.shape)) EXPECT_TRUE(has(bytes));
  EXPECT_EQ(lab_.store.disk().staged_count(), 0u);
}

void FaultLab::expect_nothing_half_done() {
  const auto blobs = lab_.store.list(lab_.fake.context());
  ASSERT_TRUE(blobs);
  for (const auto& blob : *blobs) EXPECT_EQ(digest_of(*lab_.store.disk().bytes(blob.digest)), blob.digest);
  const bool named = site_.direction == Direction::pull
                         ? !lab_.stored(repository).empty()
                         : lab_.registry.content().manifest(repository, "latest").has_value();
  if (named) expect_complete();
}

}  // namespace regtool
