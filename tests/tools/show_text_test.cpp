#include "show_text.hpp"

#include "digest_of.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Layer layer(const std::string& kind, std::uint64_t size, const std::string& name = "") {
  return {"application/vnd.ollama.image." + kind, {descriptor_of(kind + name).digest, size}, name, ""};
}

std::vector<std::string> labels(const std::vector<Layer>& layers) {
  std::vector<std::string> found;
  for (const auto& group : group_layers(layers)) {
    found.push_back(fmt::format("{} x{} {}", group.label, group.count, group.bytes));
  }
  return found;
}

TEST(GroupLayers, puts_those_together_whose_names_differ_in_numbers_alone) {
  const std::vector<Layer> layers{
      layer("tensor", 7, "token_embd.weight"), layer("tensor", 1, "blk.0.attn.weight"),
      layer("tensor", 5, "blk.0.ffn.weight"),  layer("tensor", 2, "blk.1.attn.weight"),
      layer("tensor", 6, "blk.1.ffn.weight"),  layer("tensor", 3, "blk.10.attn.weight"),
  };
  EXPECT_THAT(labels(layers),
              testing::ElementsAre("token_embd.weight x1 7", "blk.*.attn.weight x3 6", "blk.*.ffn.weight x2 11"));
}

TEST(GroupLayers, keeps_the_name_of_one_that_is_alone) {
  EXPECT_THAT(labels({layer("tensor", 1, "blk.0.attn.weight")}), testing::ElementsAre("blk.0.attn.weight x1 1"));
}

TEST(GroupLayers, tells_layers_without_names_one_by_one) {
  EXPECT_THAT(labels({layer("model", 1), layer("license", 2), layer("license", 3)}),
              testing::ElementsAre("model x1 1", "license x1 2", "license x1 3"));
}

TEST(BeginningOf, a_short_text_is_all_of_it) {
  for (const char* text : {"one", "one\ntwo", "one\ntwo\nthree", "\n \none\ntwo\n\n"}) {
    EXPECT_THAT(beginning_of(text, 2, "--all"), Not(HasSubstr("--all"))) << text;
  }
  EXPECT_EQ(beginning_of("\n\r\none\r\ntwo\r\n\r\n", 2, "--all"), "one\ntwo");
}

TEST(BeginningOf, a_long_text_says_how_long_it_is_and_where_all_of_it_is) {
  EXPECT_EQ(beginning_of("\none\ntwo\n\nfour\n", 2, "--all"), "one\ntwo\n(4 lines; --all shows them all)");
}

TEST(BeginningOf, nothing_is_nothing) { EXPECT_EQ(beginning_of("\n \n", 2, "--all"), ""); }

class Shown : public testing::Test {
 protected:
  Shown() {
    details_.properties = {{"family", "gemma"}};
    details_.parameters = {{"stop", "\"<a>\""}, {"stop", "\"<b>\""}, {"temperature", "0.7"}};
    details_.prompt = "{{ .Prompt }}\n";
    details_.system = "say \"no\"";
    details_.messages = {{"user", "hello"}};
    details_.licences = {"Free.\n"};
  }

  static Manifest manifest() {
    std::string text =
        R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":)";
    const auto entry = [](const Layer& one) {
      return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{},"name":"{}"}})", one.media_type,
                         one.blob.digest.text(), one.blob.size, one.name);
    };
    text += entry(layer("config", 10)) + R"(,"layers":[)" + entry(layer("model", 1'680'000'000));
    for (int i = 0; i < 300; ++i) text += "," + entry(layer("tensor", 1000, fmt::format("blk.{}.weight", i)));
    return Manifest::parse(text + "]}").value();
  }

  const Reference name_ = Reference::parse("gemma:2b").value();
  ModelDetails details_{manifest(), descriptor_of("manifest").digest};
};

TEST_F(Shown, as_a_modelfile_is_what_ollama_would_make_it_from) {
  EXPECT_EQ(modelfile(name_, details_),
            "# Made by regtool show --modelfile\n"
            "FROM gemma:2b\n"
            "TEMPLATE \"\"\"{{ .Prompt }}\n\"\"\"\n"
            "SYSTEM \"\"\"say \"no\"\"\"\"\n"
            "PARAMETER stop \"<a>\"\n"
            "PARAMETER stop \"<b>\"\n"
            "PARAMETER temperature 0.7\n"
            "MESSAGE user \"\"\"hello\"\"\"\n"
            "LICENSE \"\"\"Free.\n\"\"\"\n");
}

TEST_F(Shown, parameters_are_one_a_line_in_ollamas_columns) {
  EXPECT_EQ(parameters_text(details_),
            "stop                           \"<a>\"\n"
            "stop                           \"<b>\"\n"
            "temperature                    0.7\n");
}

TEST_F(Shown, as_a_text_fits_80_columns) {
  const auto text = as_text(name_, details_);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    EXPECT_LE(end - begin, 80u) << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST_F(Shown, as_a_text_has_every_part) {
  const auto text = as_text(name_, details_);
  for (const auto* part :
       {"Model\n  name    gemma:2b\n", "  size    1.68 GB\n", "  family  gemma\n",
        "\nDigest\n  sha256:", "\nLayers\n  model         ", "\n  blk.*.weight  300 layers    300 KB\n",
        "\nParameters\n  stop         \"<a>\"\n  stop         \"<b>\"\n", "\nTemplate\n  {{ .Prompt }}\n",
        "\nSystem\n  say \"no\"\n", "\nLicense\n  Free."}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_FALSE(text.ends_with('\n'));
}

TEST_F(Shown, as_a_text_cannot_steer_the_terminal) {
  details_.prompt = "\x1b[2J";
  EXPECT_THAT(as_text(name_, details_), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace regtool::cli
