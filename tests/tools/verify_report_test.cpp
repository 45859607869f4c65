#include "verify_report.hpp"

#include "digest_of.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

Layer layer(const std::string& bytes) { return {"application/vnd.ollama.image.model", descriptor_of(bytes), "", ""}; }

StoredModel model(const std::string& name, const std::vector<std::string>& layers) {
  std::string text = R"({"schemaVersion":2,"layers":[)";
  const auto entry = [](const Layer& one) {
    return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", one.media_type, one.blob.digest.text(),
                       one.blob.size);
  };
  for (const auto& bytes : layers) text += entry(layer(bytes)) + ",";
  text.pop_back();
  return {Reference::parse(name).value(),
          Manifest::parse(text + R"(],"config":)" + entry(layer("config")) + "}").value()};
}

BlobRepair problem(const std::string& bytes, bool mended, const std::string& why = "") {
  return {{layer(bytes), "is missing"}, mended, why};
}

VerifyReport sample() {
  VerifyReport report;
  report.models = {model("a", {"one", "two"}), model("b", {"two"}), model("c", {"three"})};
  report.unreadable = {"torn:latest: not JSON"};
  report.blobs = 4;
  report.problems = {problem("one", true), problem("two", false, "h/b: it is not there any more")};
  return report;
}

std::string brief(const std::string& bytes) { return std::string(descriptor_of(bytes).digest.brief()); }

TEST(VerifyReport, tells_which_models_have_a_problem) {
  EXPECT_EQ(as_text(sample()),
            "torn:latest: not JSON\n"
            "model " +
                brief("one") +
                " of a:latest: is missing\n"
                "model " +
                brief("two") +
                " of a:latest, b:latest: is missing\n"
                "4 blobs in 3 models checked");
}

TEST(VerifyReport, tells_by_model_what_was_mended_and_why_the_rest_was_not) {
  auto report = sample();
  report.repaired = true;
  EXPECT_EQ(as_text(report),
            "torn:latest: not JSON\n"
            "model " +
                brief("one") +
                " of a:latest: is missing\n"
                "model " +
                brief("two") +
                " of a:latest, b:latest: is missing; not mended: "
                "h/b: it is not there any more\n"
                "a:latest: 1 blob mended (3 B), 1 not\n"
                "b:latest: 1 blob not mended\n"
                "4 blobs in 3 models checked, 1 of 2 problems mended");
}

TEST(VerifyReport, counts_what_is_left) {
  EXPECT_EQ(sample().left(), 2u);
  EXPECT_EQ(VerifyReport().left(), 0u);
}

TEST(VerifyReport, as_json_tells_of_mending_only_where_it_was_tried) {
  auto report = sample();
  EXPECT_THAT(as_json(report), testing::HasSubstr(R"("models":["a:latest"],"mended":null,"reason":)"));
  report.repaired = true;
  const auto json = as_json(report);
  EXPECT_THAT(json, testing::HasSubstr(R"("models":["a:latest"],"mended":true,"reason":null})"));
  EXPECT_THAT(json, testing::HasSubstr(R"("mended":false,"reason":"h/b: it is not there any more"})"));
}

TEST(VerifyReport, shortens_digests_for_people) {
  VerifyReport report = sample();
  report.problems[0].problem.what = "expected " + descriptor_of("one").digest.text() + ", found another";
  EXPECT_THAT(as_text(report), testing::HasSubstr("expected sha256:" + brief("one") + "…, found another"));
}

}  // namespace
}  // namespace regtool::cli
