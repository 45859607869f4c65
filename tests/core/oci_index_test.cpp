#include <regtool/oci_index.hpp>

#include "base/json.hpp"
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

Reference name_of(std::string_view text) { return Reference::parse(text).value(); }

std::string entry(std::string_view type, std::string_view manifest, std::string_view annotations) {
  return "{\"mediaType\": \"" + std::string(type) + "\", \"digest\": \"" + digest_of(manifest).text() +
         "\", \"size\": " + std::to_string(manifest.size()) + ", \"annotations\": {" + std::string(annotations) + "}}";
}

std::string ref_name(std::string_view name) {
  return "\"org.opencontainers.image.ref.name\": \"" + std::string(name) + "\"";
}

std::string index_of(const std::string& entries) { return "{\"schemaVersion\": 2, \"manifests\": [" + entries + "]}"; }

OciIndex parsed(const std::string& text) {
  auto index = OciIndex::parse(text);
  EXPECT_TRUE(index) << index.error().message;
  return index.value_or(OciIndex());
}

std::vector<std::string> names_in(const OciIndex& index) {
  std::vector<std::string> names;
  for (const auto& one : index.entries()) {
    if (one.is_model()) names.push_back(one.name->display());
  }
  return names;
}

OciIndex linked(const OciIndex& index, std::string_view name, std::string_view manifest) {
  return index.with(name_of(name), descriptor_of(manifest), image_type).value();
}

TEST(OciIndex, is_a_good_one_without_entries_at_first) {
  EXPECT_THAT(names_in(OciIndex()), IsEmpty());
  EXPECT_THAT(names_in(parsed(OciIndex().text())), IsEmpty());
}

TEST(OciIndex, says_a_name_as_regtool_shows_it_and_in_full_as_containerd_does) {
  const auto text = linked(OciIndex(), "gemma:2b", "{}").text();
  EXPECT_THAT(text, HasSubstr(R"("io.containerd.image.name":"registry.ollama.ai/library/gemma:2b")"));
  EXPECT_THAT(text, HasSubstr(R"("org.opencontainers.image.ref.name":"gemma:2b")"));
}

TEST(OciIndex, gives_every_name_back) {
  for (const auto* name : {"gemma", "me/gemma:2B", "hf.co/a/b:q4", "localhost:5000/alpine:1", "h/a/b/c/d:1",
                           "[::1]:5000/n/m:1", "http://registry/model:1", "_a_/_b-:_c."}) {
    const auto index = linked(OciIndex(), name, "{}");
    ASSERT_EQ(index.entries().size(), 1U) << name;
    ASSERT_TRUE(index.entries()[0].name) << index.text();
    EXPECT_TRUE(index.entries()[0].name->same_name(name_of(name))) << index.text();
  }
}

TEST(OciIndex, knows_the_names_that_others_give) {
  const struct {
    std::string annotations, name;
  } table[] = {
      // skopeo and podman: what the user typed
      {ref_name("gemma:2b"), "gemma:2b"},
      {ref_name("quay.io/team/model:1"), "quay.io/team/model:1"},
      {ref_name("latest"), "latest:latest"},
      // containerd and docker: the tag there, the whole elsewhere
      {ref_name("3") + R"(, "io.containerd.image.name": "docker.io/library/alpine:3")", "docker.io/library/alpine:3"},
      {ref_name("a:1") + R"(, "io.containerd.image.name": "no name")", "a:1"},
  };
  for (const auto& row : table) {
    const auto index = parsed(index_of(entry(image_type, "{}", row.annotations)));
    EXPECT_THAT(names_in(index), ElementsAre(row.name)) << row.annotations;
  }
}

TEST(OciIndex, passes_over_what_is_no_model_of_a_name) {
  const auto index = parsed(index_of(entry(image_type, "nameless", "") + "," +
                                     entry(index_type, "several platforms", ref_name("multi")) + "," +
                                     entry("application/x-other", "artifact", ref_name("other")) + "," +
                                     entry(image_type, "bad name", ref_name("a b")) + "," +
                                     R"({"digest": "sha512:00", "annotations": {)" + ref_name("long") + "}}, {}"));
  EXPECT_THAT(names_in(index), IsEmpty());
  EXPECT_EQ(index.entries().size(), 6U);
  EXPECT_EQ(index.find(name_of("multi")), nullptr);
}

TEST(OciIndex, keeps_what_others_wrote_byte_for_byte) {
  const std::string before = "{\n  \"x\": [1, {}],\t\"manifests\": [\n    " +
                             entry(index_type, "several", ref_name("multi") + ", \"a\": \"\\u00e4\"");
  const std::string after = "\n  ], \"annotations\": {\"k\": \"v\"}\n}\n";
  const auto index = linked(parsed(before + after), "gemma:2b", "{}");
  EXPECT_TRUE(index.text().starts_with(before)) << index.text();
  EXPECT_TRUE(index.text().ends_with(after)) << index.text();
  EXPECT_EQ(index.without(name_of("gemma:2b")).value().text(), before + after);
}

TEST(OciIndex, takes_out_the_first_a_middle_and_the_last_entry) {
  const auto index = linked(linked(linked(OciIndex(), "a", "1"), "b", "2"), "c", "3");
  EXPECT_THAT(names_in(index.without(name_of("a")).value()), ElementsAre("b:latest", "c:latest"));
  EXPECT_THAT(names_in(index.without(name_of("b")).value()), ElementsAre("a:latest", "c:latest"));
  EXPECT_THAT(names_in(index.without(name_of("c")).value()), ElementsAre("a:latest", "b:latest"));
  EXPECT_THAT(names_in(linked(OciIndex(), "a", "1").without(name_of("a")).value()), IsEmpty());
}

TEST(OciIndex, moves_a_name) {
  const auto index = linked(linked(OciIndex(), "gemma", "old"), "gemma", "new");
  ASSERT_EQ(index.entries().size(), 1U);
  EXPECT_EQ(index.entries()[0].blob, descriptor_of("new"));
}

TEST(OciIndex, is_the_same_text_when_a_name_is_given_again_to_what_has_it) {
  const auto text = index_of(entry(image_type, "{}", ref_name("gemma")));
  EXPECT_EQ(linked(parsed(text), "gemma", "{}").text(), text);
}

TEST(OciIndex, takes_a_name_from_what_it_does_not_know_and_keeps_that) {
  const auto text = index_of(entry(index_type, "several", ref_name("gemma") + ", \"keep\": \"me\""));
  const auto index = linked(parsed(text), "gemma", "{}");
  EXPECT_THAT(names_in(index), ElementsAre("gemma:latest"));
  ASSERT_EQ(index.entries().size(), 2U);
  EXPECT_EQ(index.entries()[0].blob, descriptor_of("several"));
  EXPECT_FALSE(index.entries()[0].name);
  EXPECT_THAT(index.text(), HasSubstr(R"("annotations":{"keep":"me"})"));
}

TEST(OciIndex, finds_the_very_spelling_or_else_the_first_in_order) {
  const auto index = linked(linked(OciIndex(), "me/GEMMA:1", "1"), "me/Gemma:1", "2");
  EXPECT_EQ(index.find(name_of("me/Gemma:1"))->blob, descriptor_of("2"));
  EXPECT_EQ(index.find(name_of("me/gemma:1"))->blob, descriptor_of("1"));
  EXPECT_EQ(index.find(name_of("me/gemma:2")), nullptr);
}

TEST(OciIndex, refuses_what_is_none) {
  const struct {
    std::string text, why;
  } table[] = {
      {"", "not JSON"},
      {"[]", "no list of manifests"},
      {"{}", "no list of manifests"},
      {R"({"manifests": {}})", "no list of manifests"},
      {R"({"manifests": [], "manifests": []})", "more than one"},
      {R"({"manifests": 2, "manifests": [{}]})", "more than one"},
      {R"({"manifests": [{}, 1]})", "no object"},
      {R"({"x": {"manifests": []}})", "no list of manifests"},
      {R"({"manifests": [)" + std::string(100, '['), "nested deeper"},
      {index_of(std::string(OciIndex::max_size, ' ')), "larger than 4 MiB"},
  };
  for (const auto& row : table) {
    const auto index = OciIndex::parse(row.text);
    ASSERT_FALSE(index) << row.text.substr(0, 50);
    EXPECT_EQ(index.error().code, Errc::corrupt);
    EXPECT_THAT(index.error().message, HasSubstr(row.why)) << row.text.substr(0, 50);
  }
}

TEST(OciIndex, does_not_become_too_large) {
  const auto full = parsed(index_of(std::string(OciIndex::max_size - 100, ' ')));
  const auto index = full.with(name_of("gemma"), descriptor_of("{}"), image_type);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code, Errc::unsupported);
}

TEST(OciLinks, are_everything_that_a_manifest_or_an_index_needs) {
  const auto at = [](std::string_view bytes) { return entry("", bytes, ""); };
  const auto links =
      links_of("{\"config\": " + at("config") + ", \"layers\": [" + at("a") + "," + at("b") + "], \"blobs\": [" +
               at("c") + "], \"subject\": " + at("subject") + ", \"manifests\": [" + at("m") + "]}");
  EXPECT_THAT(links.blobs,
              ElementsAre(descriptor_of("config"), descriptor_of("a"), descriptor_of("b"), descriptor_of("c")));
  EXPECT_THAT(links.manifests, ElementsAre(descriptor_of("m"), descriptor_of("subject")));
  EXPECT_THAT(links_of("no JSON").blobs, IsEmpty());
  EXPECT_THAT(links_of(R"({"layers": 7, "manifests": [1, {"digest": "x"}]})").manifests, IsEmpty());
}

TEST(MediaTypeOfAManifest, is_what_it_says_or_else_that_of_an_oci_image) {
  EXPECT_EQ(media_type_of(R"({"mediaType": "application/vnd.docker.distribution.manifest.v2+json"})"),
            "application/vnd.docker.distribution.manifest.v2+json");
  EXPECT_EQ(media_type_of("{}"), image_type);
  EXPECT_EQ(media_type_of("no JSON"), image_type);
}

}  // namespace
}  // namespace regtool
