// Manifests and blobs that a registry must not serve.

#include "bad_input.hpp"
#include "digest_of.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

const auto config_digest = digest_of("{}").text();
const auto layer_digest = digest_of("weights").text();

std::string descriptor(const std::string& digest, const std::string& size) {
  return fmt::format(R"({{"mediaType":"application/vnd.ollama.image.model","digest":"{}","size":{}}})", digest, size);
}

std::string image(const std::string& layers) {
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", docker_manifest_type,
      R"({"mediaType":"application/vnd.docker.container.image.v1+json","digest":")" + config_digest + R"(","size":2})",
      layers);
}

struct Row {
  std::string name;
  std::string manifest;
  Refusal refusal;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

Row bad_digest(const std::string& name, const std::string& digest) {
  return {"digest_" + name, image(descriptor(digest, "7")), {1, {"manifest", "layer 0", "digest"}}};
}

Row bad_size(const std::string& name, const std::string& size, const std::string& says) {
  return {"size_" + name, image(descriptor(layer_digest, size)), {1, {"manifest", "layer 0", says}}};
}

const std::string hex(64, 'a');

const Row rows[] = {
    {"empty", "", {1, {"manifest", "empty"}}},
    {"null", "null", {1, {"manifest", "not a JSON object"}}},
    {"list", "[]", {1, {"manifest", "not a JSON object"}}},
    {"html", "<!DOCTYPE html><html><body>Sign in</body></html>", {1, {"manifest", "web page"}}},
    {"binary", std::string("\x7f\x45\x4c\x46\0\x1b[2J", 9), {1, {"manifest", "not JSON"}}},
    {"cut", image(descriptor(layer_digest, "7")).substr(0, 100), {1, {"manifest", "not JSON"}}},
    {"followed_by_more", image("") + "x", {1, {"manifest", "not JSON"}}},
    {"without_schema", R"({"layers":[]})", {1, {"schemaVersion"}}},
    {"schema_1", R"({"schemaVersion":1,"fsLayers":[],"history":[]})", {1, {"schema 1"}}},
    {"schema_huge", R"({"schemaVersion":99999999999999999999})", {1, {"schemaVersion"}}},
    {"index", R"({"schemaVersion":2,"manifests":[]})", {1, {"index"}}},
    {"image_and_index", R"({"schemaVersion":2,"config":{},"layers":[],"manifests":[]})", {1, {"both"}}},
    {"layers_no_list", R"({"schemaVersion":2,"config":{},"layers":{}})", {1, {"layers"}}},
    {"layer_null", image("null"), {1, {"layer 0", "not an object"}}},
    {"without_config", R"({"schemaVersion":2,"layers":[]})", {1, {"config"}}},
    {"foreign_type", R"({"schemaVersion":2,"mediaType":"text/html","config":{},"layers":[]})", {1, {"mediaType"}}},
    {"100000_brackets", std::string(100'000, '['), {1, {"manifest", "deep"}}},
    {"100000_objects",
     [] {
       std::string deep;
       for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
       return deep;
     }(),
     {1, {"manifest", "deep"}}},
    {"larger_than_4_mib", image("") + std::string(5 << 20, ' '), {1, {"larger", "4"}}},
    bad_digest("empty", ""),
    bad_digest("short", "sha256:" + hex.substr(1)),
    bad_digest("long", "sha256:" + hex + "a"),
    bad_digest("not_hex", "sha256:" + hex.substr(1) + "z"),
    bad_digest("of_sha512", "sha512:" + hex + hex),
    bad_digest("of_md5", "md5:" + hex.substr(32)),
    bad_digest("without_algorithm", hex),
    bad_digest("path", "../../../../escape"),
    bad_digest("path_after_algorithm", "sha256:../../../../escape"),
    bad_digest("with_line_end", "sha256:" + hex + R"(\n)"),
    bad_size("negative", "-1", "size"),
    bad_size("beyond_64_bits", "99999999999999999999", "size"),
    bad_size("largest_64_bits", "18446744073709551615", "size"),
    bad_size("fraction", "7.5", "size"),
    bad_size("text", "\"7\"", "size"),
    bad_size("null", "null", "size"),
    bad_size("of_a_petabyte", "1125899906842624", "size"),
    {"two_sizes_for_one_digest",
     image(descriptor(layer_digest, "7") + "," + descriptor(layer_digest, "8")),
     {1, {"two sizes"}}},
    {"larger_than_any_disk", image(descriptor(layer_digest, "70000000000000")), {7, {"models"}}},
    {"size_too_large", image(descriptor(layer_digest, "8")), {5, {"model", "8 bytes"}}},
    {"size_too_small", image(descriptor(layer_digest, "6")), {5, {"model", "not the bytes that the manifest says"}}},
    {"size_zero", image(descriptor(layer_digest, "0")), {5, {"model"}}},
    {"blob_not_there", image(descriptor("sha256:" + hex, "7")), {4, {"model", "404"}}},
};

class BadManifest : public BadServer, public testing::WithParamInterface<Row> {};

TEST_P(BadManifest, is_refused_by_pull) {
  registry_.content().add_blob("ns/model", "{}");
  registry_.content().add_blob("ns/model", "weights");
  serve_manifest(GetParam().manifest);
  expect_pull_refused(GetParam().refusal);
}

INSTANTIATE_TEST_SUITE_P(Every, BadManifest, testing::ValuesIn(rows), [](const auto& row) { return row.param.name; });

class BadBlob : public BadServer {};

TEST_F(BadBlob, whose_bytes_are_others_is_refused) {
  registry_.content().add_blob("ns/model", "{}");
  registry_.content().add_blob_as("ns/model", digest_of("weights"), "WEIGHTS");
  serve_manifest(image(descriptor(layer_digest, "7")));
  expect_pull_refused({5, {"model", digest_of("weights").text(), digest_of("WEIGHTS").text()}});
}

TEST_F(BadBlob, that_always_ends_before_its_first_byte_is_a_network_error) {
  serve_model();
  registry_.plan().on({.method = "GET", .target = layer_digest}, Times::always(), cut_at(Moment::in_body(0)));
  expect_pull_refused({6, {"model", "closed before the body's end"}});
}

TEST_F(BadBlob, that_never_comes_is_a_network_error) {
  serve_model();
  registry_.plan().on({.method = "GET", .target = layer_digest}, Times::always(), stall_at(Moment::before_head()));
  expect_pull_times_out({"model"});
}

TEST_F(BadServer, a_manifest_that_is_not_what_its_own_header_says_is_refused) {
  serve_model();
  registry_.plan().on({.target = "/manifests/"}, Times::always(), [](const HttpRequest& request, const Handler& real) {
    auto reply = real(request);
    reply.body = ReplyBody("{}");
    return reply;
  });
  expect_pull_refused({5, {"expected sha256:", "found " + digest_of("{}").text()}});
}

TEST_F(BadServer, a_manifest_that_is_not_the_pinned_one_is_refused) {
  serve_model();
  const auto pinned = digest_of("another").text();
  registry_.content().put_manifest("ns/model", pinned, {"{}", ""});
  expect_refused({"pull", host() + "/ns/model@" + pinned, "--insecure"}, {5, {"expected " + pinned}});
}

TEST_F(BadServer, a_manifest_that_contradicts_its_content_type_is_refused) {
  registry_.content().put_manifest("ns/model", "tag", {image(""), "application/vnd.oci.image.index.v1+json"});
  expect_pull_refused({1, {"Content-Type", "contradicts"}});
}

TEST_F(BadServer, a_manifest_that_trickles_in_for_ever_ends_by_patience) {
  serve_model();
  registry_.plan().on({.target = "/manifests/"}, Times::always(), trickle(std::chrono::milliseconds(200)));
  expect_pull_times_out({"manifest"});
}

TEST_F(BadServer, its_words_cannot_take_over_the_terminal) {
  registry_.plan().on({.target = "/manifests/"}, Times::always(),
                      HttpReply{.status = 400, .body = R"({"error":"a\n\u001b[2Jerror: b\r\u0007c"})"});
  expect_pull_refused({1, {"400"}});
}

TEST_F(BadServer, an_answer_that_is_no_http_is_refused) {
  registry_.plan().on({.target = "/manifests/"}, Times::always(), raw_bytes("SSH-2.0-OpenSSH_9.2\r\n"));
  expect_pull_refused({1, {"not HTTP"}});
}

}  // namespace
}  // namespace regtool
