#include <regtool/reference.hpp>

#include <gtest/gtest.h>

namespace regtool {
namespace {

struct Good {
  const char* text;
  const char* host;
  const char* repository;
  const char* tag;
  const char* display;
};

class GoodReference : public testing::TestWithParam<Good> {};

TEST_P(GoodReference, fills_in_the_defaults_and_shows_the_shortest_form) {
  const auto& expected = GetParam();
  const auto name = Reference::parse(expected.text);
  ASSERT_TRUE(name) << name.error().message;
  EXPECT_EQ(name->host(), expected.host);
  EXPECT_EQ(name->repository(), expected.repository);
  EXPECT_EQ(name->tag(), expected.tag);
  EXPECT_EQ(name->display(), expected.display);
  const auto again = Reference::parse(name->display());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->same_name(*name));
}

constexpr Good good[] = {
    {"gemma", "registry.ollama.ai", "library/gemma", "latest", "gemma:latest"},
    {"gemma:2b", "registry.ollama.ai", "library/gemma", "2b", "gemma:2b"},
    {"me/gemma", "registry.ollama.ai", "me/gemma", "latest", "me/gemma:latest"},
    {"registry.ollama.ai/library/gemma:2b", "registry.ollama.ai", "library/gemma", "2b", "gemma:2b"},
    {"registry.ollama.ai/gemma", "registry.ollama.ai", "library/gemma", "latest", "gemma:latest"},
    {"hf.co/bartowski/Llama-3.2-1B-GGUF:Q4_K_M", "hf.co", "bartowski/Llama-3.2-1B-GGUF", "Q4_K_M",
     "hf.co/bartowski/Llama-3.2-1B-GGUF:Q4_K_M"},
    {"localhost:5000/ns/model", "localhost:5000", "ns/model", "latest", "localhost:5000/ns/model:latest"},
    {"localhost:5000/alpine", "localhost:5000", "alpine", "latest", "localhost:5000/alpine:latest"},
    {"http://localhost/ns/model:1", "localhost", "ns/model", "1", "localhost/ns/model:1"},
    {"http://localhost/alpine", "localhost", "alpine", "latest", "http://localhost/alpine:latest"},
    {"https://h/alpine:1", "h", "alpine", "1", "https://h/alpine:1"},
    {"HTTPS://h/ns/model", "h", "ns/model", "latest", "h/ns/model:latest"},
    {"h/a/b.c/d/model:v1.0", "h", "a/b.c/d/model", "v1.0", "h/a/b.c/d/model:v1.0"},
    {"[::1]:5000/ns/model", "[::1]:5000", "ns/model", "latest", "[::1]:5000/ns/model:latest"},
    {"ns/qwen2.5\u2011coder:7b", "registry.ollama.ai", "ns/qwen2.5-coder", "7b", "ns/qwen2.5-coder:7b"},
};
INSTANTIATE_TEST_SUITE_P(Names, GoodReference, testing::ValuesIn(good));

class BadReference : public testing::TestWithParam<const char*> {};

TEST(Reference, with_user_and_password_is_refused_without_repeating_them) {
  const auto name = Reference::parse("user:pw@h/n/m");
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, Errc::invalid_argument);
  EXPECT_EQ(name.error().message.find("pw"), std::string::npos);
}

TEST_P(BadReference, is_an_invalid_argument_that_quotes_the_name) {
  const auto name = Reference::parse(GetParam());
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, Errc::invalid_argument);
  EXPECT_TRUE(name.error().message.starts_with("name \"")) << name.error().message;
  EXPECT_EQ(name.error().message.find('\n'), std::string::npos);
}

constexpr const char* bad[] = {
    "",
    ":",
    "model:",
    "/model",
    "ns//model",
    "h/ns/",
    "../model",
    "h/n/m:..",
    "h/../m",
    "m:a/b:",
    "ns/..",
    "a b",
    "m\n",
    "ns\\model",
    "model?x=1",
    "ftp://h/n/m",
    "https://model",
    "h.x/n.s/model",
    "-model",
    ".model",
    "model:-x",
    "model@sha256:abc",
    "model@md5:d41d8cd98f00b204e9800998ecf8427e",
    "model@",
    "h:port/n/m",
    "h:/n/m",
    "h:123456/n/m",
    "[::1/n/m",
    "[]/n/m",
    "[:1..]/n/m",
    "[::1]x/n/m",
    "h/a..b/m",
};
INSTANTIATE_TEST_SUITE_P(Names, BadReference, testing::ValuesIn(bad));

TEST(Reference, refuses_parts_that_are_too_long) {
  EXPECT_TRUE(Reference::parse(std::string(80, 'm')));
  EXPECT_FALSE(Reference::parse(std::string(81, 'm')));
  EXPECT_FALSE(Reference::parse("m:" + std::string(81, 't')));
  EXPECT_FALSE(Reference::parse(std::string(81, 'n') + "/m"));
  EXPECT_FALSE(Reference::parse(std::string(351, 'h') + "/n/m"));
}

TEST(Reference, keeps_a_pinned_digest_and_an_explicit_plain_http) {
  const auto name = Reference::parse("http://h/n/m:t@sha256:" + std::string(64, 'A'));
  ASSERT_TRUE(name) << name.error().message;
  EXPECT_TRUE(name->plain_http());
  ASSERT_TRUE(name->digest());
  EXPECT_EQ(name->digest()->text(), "sha256:" + std::string(64, 'a'));
  EXPECT_FALSE(Reference::parse("h/n/m")->plain_http());
}

TEST(Reference, compares_names_without_regard_to_case) {
  EXPECT_TRUE(Reference::parse("Me/Gemma:2B")->same_name(*Reference::parse("me/gemma:2b")));
  EXPECT_FALSE(Reference::parse("me/gemma:2b")->same_name(*Reference::parse("me/gemma:7b")));
}

TEST(Reference, from_parts_checks_what_a_store_finds_on_disk) {
  EXPECT_TRUE(Reference::from_parts("localhost:5000", "a/b", "latest"));
  EXPECT_FALSE(Reference::from_parts("localhost:5000", "a/.DS_Store", "latest"));
  EXPECT_FALSE(Reference::from_parts("h", "a/b", "._latest"));
}

}  // namespace
}  // namespace regtool
