#include "engine/bundle_models.hpp"

#include "digest_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view image_type = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";

std::string entry(std::string_view bytes, std::string_view type, std::string_view name = {},
                  std::string_view platform = {}) {
  auto text = R"({"mediaType": ")" + std::string(type) + R"(", "digest": ")" + digest_of(bytes).text() +
              R"(", "size": )" + std::to_string(bytes.size());
  if (!name.empty()) text += R"(, "annotations": {"org.opencontainers.image.ref.name": ")" + std::string(name) + "\"}";
  if (!platform.empty())
    text += R"(, "platform": {"os": ")" + std::string(platform) + R"(", "architecture": ")" +
            std::string(platform == "unknown" ? "unknown" : "amd64") + "\"}";
  return text + "}";
}

std::string index_of(const std::vector<std::string>& entries) {
  std::string list;
  for (const auto& one : entries) list += (list.empty() ? "" : ",") + one;
  return R"({"manifests": [)" + list + "]}";
}

std::string manifest_of(std::string_view layer) {
  return R"({"schemaVersion": 2, "config": {"digest": ")" + digest_of("{}").text() + R"(", "size": 2}, "layers": [)" +
         R"({"digest": ")" + digest_of(layer).text() + R"(", "size": )" + std::to_string(layer.size()) + "}]}";
}

Reference name_of(std::string_view text) { return Reference::parse(text).value(); }

// Looks for manifests among these.
ReadManifest among(const std::vector<std::string>& all) {
  return [all](const Descriptor& what) -> Result<std::optional<std::string>> {
    for (const auto& bytes : all) {
      if (descriptor_of(bytes) == what) return bytes;
    }
    return std::nullopt;
  };
}

std::vector<std::string> chosen(const std::string& index, const BundleChoice& choice = {}) {
  const auto entries = choose_entries(OciIndex::parse(index).value(), choice);
  if (!entries) return {entries.error().message};
  std::vector<std::string> names;
  for (const auto& one : *entries) names.push_back(one.name.display());
  return names;
}

const std::string a = manifest_of("a"), b = manifest_of("b");

TEST(BundleChoice, is_every_model_that_has_a_name) {
  EXPECT_THAT(chosen(index_of({entry(b, image_type, "b"), entry("n", image_type), entry(a, image_type, "a"),
                               entry("x", "application/x-other", "other"), entry(a, image_type, "a")})),
              ElementsAre("b:latest", "a:latest"));
}

TEST(BundleChoice, may_be_some_of_them) {
  const auto index = index_of({entry(a, image_type, "a"), entry(b, image_type, "me/b")});
  EXPECT_THAT(chosen(index, {{name_of("ME/B")}}), ElementsAre("me/b:latest"));
  EXPECT_THAT(chosen(index, {{name_of("c")}}),
              ElementsAre("c:latest is not in the bundle; it has a:latest, me/b:latest"));
}

TEST(BundleChoice, may_be_one_under_another_name) {
  const auto both = index_of({entry(a, image_type, "a"), entry(b, image_type, "b")});
  EXPECT_THAT(chosen(both, {{name_of("b")}, name_of("c")}), ElementsAre("c:latest"));
  EXPECT_THAT(chosen(both, {{}, name_of("c")}),
              ElementsAre("--as is for one model, and the bundle has a:latest, b:latest"));
  EXPECT_THAT(chosen(index_of({entry(a, image_type)}), {{}, name_of("c")}), ElementsAre("c:latest"));
}

TEST(BundleChoice, is_none_where_there_is_none) {
  EXPECT_THAT(chosen(index_of({})), ElementsAre("the bundle has no model"));
  EXPECT_THAT(chosen(index_of({entry(a, image_type)})),
              ElementsAre("the bundle has a model without a name; give it one with --as"));
}

Result<std::vector<BundleModel>> read(const std::string& index, const std::vector<std::string>& manifests) {
  return read_models(choose_entries(OciIndex::parse(index).value(), {}).value(), among(manifests));
}

TEST(BundleModels, are_what_their_manifests_say) {
  const auto models = read(index_of({entry(a, image_type, "a"), entry(b, image_type, "b")}), {a, b});
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->size(), 2U);
  EXPECT_EQ((*models)[0].manifest.bytes(), a);
  EXPECT_EQ((*models)[1].manifest.bytes(), b);
}

TEST(BundleModels, stand_behind_an_index_of_one_image_and_what_is_attached_to_it) {
  const auto nested = index_of({entry(a, image_type, {}, "linux"), entry(b, image_type, {}, "unknown")});
  const auto models = read(index_of({entry(nested, index_type, "a")}), {nested, a});
  ASSERT_TRUE(models) << models.error().message;
  EXPECT_EQ(models->at(0).name.display(), "a:latest");
  EXPECT_EQ(models->at(0).manifest.bytes(), a);
}

TEST(BundleModels, are_not_guessed_where_an_index_is_of_several) {
  const auto nested = index_of({entry(a, image_type, {}, "linux"), entry(b, image_type, {}, "windows")});
  const auto models = read(index_of({entry(nested, index_type, "a")}), {nested, a, b});
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().code, Errc::unsupported);
  EXPECT_EQ(models.error().message, "a:latest is an index of 2 images; a model is one");
}

TEST(BundleModels, whose_manifest_is_not_there_are_said_to_be_so) {
  const auto models = read(index_of({entry(a, image_type, "a")}), {});
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().code, Errc::not_found);
  EXPECT_THAT(models.error().message, HasSubstr("the manifest of a:latest is not in the bundle"));
}

TEST(BundleModels, whose_manifest_is_none_are_refused) {
  const auto models = read(index_of({entry("no JSON", image_type, "a")}), {"no JSON"});
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().code, Errc::protocol);
  EXPECT_THAT(models.error().message, HasSubstr("a:latest: manifest: not JSON"));
}

}  // namespace
}  // namespace regtool
