#include "engine/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;

const std::string digest_a = "sha256:" + std::string(64, 'a');
const std::string digest_b = "sha256:" + std::string(64, 'b');

std::string layer(const std::string& digest, const std::string& size,
                  const std::string& type = "application/vnd.ollama.image.model") {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest + R"(","size":)" + size + "}";
}

std::string image(const std::string& layers, const std::string& more = "") {
  return R"({"schemaVersion":2,)" + more + R"("config":)" +
         layer(digest_a, "7", "application/vnd.docker.container.image.v1+json") + R"(,"layers":[)" + layers + "]}";
}

TEST(Manifest, reads_config_and_layers) {
  const auto manifest = Manifest::parse(
      image(layer(digest_b, "100"), R"("mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"));

  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->media_type(), "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_EQ(manifest->config().blob.size, 7u);
  EXPECT_EQ(manifest->config().label(), "config");
  ASSERT_EQ(manifest->layers().size(), 1u);
  EXPECT_EQ(manifest->layers()[0].blob.digest.text(), digest_b);
  EXPECT_EQ(manifest->layers()[0].label(), "model");
  EXPECT_EQ(manifest->total_size(), 107u);
}

TEST(Manifest, keeps_its_bytes_with_what_it_does_not_know) {
  const auto bytes = image(layer(digest_b, "100"), R"("annotations": {"x" : [1, 2]},  )") + "\n";
  EXPECT_EQ(Manifest::parse(bytes)->bytes(), bytes);
}

TEST(Manifest, counts_a_blob_that_occurs_twice_once_and_puts_the_largest_first) {
  const auto manifest =
      Manifest::parse(image(layer(digest_a, "7") + "," + layer(digest_b, "9") + "," + layer(digest_b, "9")));

  ASSERT_TRUE(manifest) << manifest.error().message;
  const auto blobs = manifest->distinct_blobs();
  ASSERT_EQ(blobs.size(), 2u);
  EXPECT_EQ(blobs[0].blob.digest.text(), digest_b);
  EXPECT_EQ(manifest->total_size(), 16u);
}

TEST(Manifest, without_a_media_type_is_told_by_its_shape) {
  EXPECT_EQ(Manifest::parse(image(""))->media_type(), "application/vnd.oci.image.manifest.v1+json");
}

TEST(Manifest, goes_by_the_body_where_the_content_type_says_nothing) {
  EXPECT_TRUE(Manifest::parse(image(""), "text/plain; charset=utf-8"));
  EXPECT_TRUE(Manifest::parse(image(""), "application/json"));
}

TEST(Manifest, names_a_layer_by_its_name_if_it_has_one) {
  const auto named = R"({"mediaType":"application/vnd.ollama.image.tensor","name":"blk.0.attn","digest":")" + digest_b +
                     R"(","size":1})";
  EXPECT_EQ(Manifest::parse(image(named))->layers()[0].label(), "blk.0.attn");
}

struct Bad {
  const char* name;
  std::string bytes;
  std::string content_type;
  const char* why;
};

class BadManifest : public testing::TestWithParam<Bad> {};

TEST_P(BadManifest, is_refused_in_one_line) {
  const auto manifest = Manifest::parse(GetParam().bytes, GetParam().content_type);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, Errc::protocol);
  EXPECT_THAT(manifest.error().message, HasSubstr(GetParam().why));
  EXPECT_EQ(manifest.error().message.find('\n'), std::string::npos);
  EXPECT_LT(manifest.error().message.size(), 300u);
}

const Bad bad[] = {
    {"empty", "", "", "empty"},
    {"null", "null", "", "not a JSON object"},
    {"html", "<html><body>Sign in</body></html>", "text/html", "manifest: "},
    {"truncated", image("").substr(0, 40), "", "manifest: "},
    {"brackets", std::string(100000, '['), "", "manifest: "},
    {"index", R"({"schemaVersion":2,"manifests":[]})", "", "an index"},
    {"both", R"({"schemaVersion":2,"layers":[],"manifests":[],"config":{}})", "", "both"},
    {"schema_1", R"({"schemaVersion":1,"layers":[],"config":{}})", "", "schema 1"},
    {"no_schema", R"({"layers":[],"config":{}})", "", "schemaVersion"},
    {"no_config", R"({"schemaVersion":2,"layers":[]})", "", "no config"},
    {"no_layers", R"({"schemaVersion":2,"config":{}})", "", "no list of layers"},
    {"layers_object", R"({"schemaVersion":2,"config":{},"layers":{}})", "", "no list of layers"},
    {"layer_number", image("7"), "", "layer 0 is not an object"},
    {"negative_size", image(layer(digest_b, "-1")), "", "whole number"},
    {"fraction", image(layer(digest_b, "1.5")), "", "whole number"},
    {"huge_size", image(layer(digest_b, "9223372036854775807")), "", "beyond reason"},
    {"size_text", image(layer(digest_b, "\"7\"")), "", "whole number"},
    {"no_size", image(R"({"digest":")" + digest_b + "\"}"), "", "no size"},
    {"two_sizes", image(layer(digest_b, "7") + "," + layer(digest_b, "8")), "", "two sizes"},
    {"short_digest", image(layer("sha256:abc", "7")), "", "64 hex digits"},
    {"other_digest", image(layer("sha512:" + std::string(128, 'a'), "7")), "", "only sha256"},
    {"path_digest", image(layer("sha256:../../../../etc/passwd", "7")), "", "64 hex digits"},
    {"index_type", image("", R"("mediaType":"application/vnd.oci.image.index.v1+json",)"), "", "not that of an image"},
    {"contradiction", image("", R"("mediaType":"application/vnd.oci.image.manifest.v1+json",)"),
     "application/vnd.docker.distribution.manifest.v2+json", "contradicts"},
    {"too_large", image(layer(digest_b, "7")) + std::string(Manifest::max_size, ' '), "", "4 MiB"},
};
INSTANTIATE_TEST_SUITE_P(Manifests, BadManifest, testing::ValuesIn(bad),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace regtool
