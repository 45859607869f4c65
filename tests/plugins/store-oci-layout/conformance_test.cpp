#include "layout_under_test.hpp"
#include "small_disk.hpp"
#include "verified_bytes.hpp"

#include <fstream>

namespace regtool {

void LayoutUnderTest::damage(const Digest& digest) {
  std::fstream file(blob(digest), std::ios::in | std::ios::out | std::ios::binary);
  const auto first = static_cast<char>(file.get());
  file.seekp(0);
  file.put(static_cast<char>(first ^ 1));
  ASSERT_TRUE(file.flush());
}

void LayoutTest::publish(std::string_view bytes) {
  auto staged = store().stage(ctx(), descriptor_of(bytes));
  ASSERT_TRUE(staged) << staged.error().message;
  ASSERT_TRUE((*staged)->write_at(0, as_bytes(bytes)));
  Finished finished[] = {{std::move(*staged), prove(layout_.open().verifier(), bytes)}};
  ASSERT_TRUE(store().commit(ctx(), finished));
}

void LayoutTest::link(std::string_view name, std::string_view manifest) {
  const auto linked = refs().link(ctx(), Reference::parse(name).value(), manifest);
  ASSERT_TRUE(linked) << linked.error().message;
}

bool LayoutTest::unlink(std::string_view name) {
  const auto unlinked = refs().unlink(ctx(), Reference::parse(name).value());
  EXPECT_TRUE(unlinked) << unlinked.error().message;
  return unlinked.value_or(false);
}

std::string LayoutTest::resolve(std::string_view name) {
  const auto found = refs().resolve(ctx(), Reference::parse(name).value());
  EXPECT_TRUE(found) << found.error().message;
  return found ? found->value_or("(absent)") : "(failed)";
}

std::vector<std::string> LayoutTest::names() {
  std::vector<std::string> shown;
  const auto infos = refs().list(ctx());
  EXPECT_TRUE(infos) << infos.error().message;
  for (const auto& info : infos.value_or(std::vector<RefInfo>())) shown.push_back(info.name.display());
  return shown;
}

std::vector<std::string> LayoutTest::listed_blobs() {
  std::vector<std::string> bytes;
  const auto infos = store().list(ctx()).value();
  for (const auto& info : infos) bytes.push_back(read_file(layout_.blob(info.digest)));
  std::sort(bytes.begin(), bytes.end());
  return bytes;
}

std::string manifest_of(const std::vector<std::string>& layers) {
  std::string list;
  for (const auto& layer : layers) list += (list.empty() ? "" : ",") + entry_for(layer, "application/octet-stream");
  return R"({"schemaVersion": 2, "layers": [)" + list + "]}";
}

std::string entry_for(std::string_view bytes, std::string_view media_type, std::string_view ref_name) {
  auto entry = R"({"mediaType": ")" + std::string(media_type) + R"(", "digest": ")" + digest_of(bytes).text() +
               R"(", "size": )" + std::to_string(bytes.size());
  if (!ref_name.empty()) {
    entry += R"(, "annotations": {"org.opencontainers.image.ref.name": ")" + std::string(ref_name) + "\"}";
  }
  return entry + "}";
}

std::string index_of(const std::vector<std::string>& entries) {
  std::string list;
  for (const auto& entry : entries) list += (list.empty() ? "" : ",\n  ") + entry;
  return "{\"schemaVersion\": 2,\n \"manifests\": [\n  " + list + "]}\n";
}

namespace {

// At once where locks can be relied upon; this may run anywhere.
constexpr StoreTraits traits{.gives_file_regions = true, .abandoned_after = std::chrono::hours(24)};

const StoreBackend backend{"oci_layout", traits, [] { return std::make_unique<LayoutUnderTest>(); }};
const StoreBackend small_disk{"oci_layout_on_small_disk", traits,
                              [] { return std::make_unique<OnSmallDisk<LayoutUnderTest>>(); }};

INSTANTIATE_TEST_SUITE_P(OciLayout, LeftoversSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(OciLayout, MediumSuite, testing::Values(small_disk), backend_name);
INSTANTIATE_TEST_SUITE_P(OciLayout, StoreSuite, testing::Values(backend), backend_name);
INSTANTIATE_TEST_SUITE_P(OciLayout, RefsSuite, testing::Values(backend), backend_name);

}  // namespace
}  // namespace regtool
