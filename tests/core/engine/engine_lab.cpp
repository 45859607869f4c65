#include "engine_lab.hpp"

#include "digest_of.hpp"

#include <gtest/gtest.h>
#include <random>

namespace regtool {
namespace {

constexpr const char* model_type = "application/vnd.ollama.image.model";

Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }

std::string manifest_of(const std::vector<std::string>& layers) {
  std::vector<ServedLayer> served;
  for (const auto& bytes : layers) served.push_back({model_type, descriptor_of(bytes)});
  return manifest_json(descriptor_of(config_bytes), served);
}

}  // namespace

std::string some_bytes(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes;
  bytes.reserve(count + 8);
  while (bytes.size() < count) {
    const auto word = random();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(count);
  return bytes;
}

EngineLab::EngineLab(FakeRegistryOptions options) : registry(std::move(options)) {
  settings.upload_part = 1'000'000;
  // Fake time tells nothing of speed.
  settings.first_connections = settings.connections;
  access.origin = origin;
  access.transport = &transport;
  serve();
}

void EngineLab::serve() {
  transport.serve(origin, registry.handler());
  transport.serve("https://cdn.test", registry.handler());
}

std::string EngineLab::publish(const std::string& repository, const std::vector<std::string>& layers,
                               const std::string& tag) {
  registry.content().add_blob(repository, config_bytes);
  for (const auto& bytes : layers) registry.content().add_blob(repository, bytes);
  auto manifest = manifest_of(layers);
  registry.content().put_manifest(repository, tag, {manifest, std::string(docker_manifest_type)});
  return manifest;
}

std::string EngineLab::keep(const std::string& name, const std::vector<std::string>& layers) {
  store.disk().put(digest_of(config_bytes), config_bytes);
  for (const auto& bytes : layers) store.disk().put(digest_of(bytes), bytes);
  auto manifest = manifest_of(layers);
  EXPECT_TRUE(refs.link(fake.context(), name_of(name), manifest));
  return manifest;
}

Result<PullReport> EngineLab::pull(const std::string& name, const PullOptions& options) {
  return regtool::pull(fake.context(), toolkit(), access, name_of(name), options);
}

Result<PushReport> EngineLab::push(const std::string& name, const PushOptions& options) {
  return regtool::push(fake.context(), toolkit(), access, name_of(name), name_of(name), options);
}

std::string EngineLab::stored(const std::string& name) {
  return refs.resolve(fake.context(), name_of(name))->value_or("");
}

void EngineLab::expect_pushed(const std::string& manifest, const std::vector<std::string>& layers) {
  const auto found = registry.content().manifest("ns/model", "latest");
  ASSERT_TRUE(found) << registry.log().text();
  EXPECT_EQ(found->bytes, manifest);
  for (const auto& bytes : layers) {
    const auto blob = registry.content().blob("ns/model", digest_of(bytes).text());
    ASSERT_TRUE(blob);
    EXPECT_TRUE(*blob == bytes);
  }
}

bool EngineLab::has(const std::string& bytes) {
  const auto found = store.disk().bytes(digest_of(bytes));
  return found && *found == bytes;
}

}  // namespace regtool
