#include "fake_registry.hpp"

#include <regtool/encoding.hpp>

#include "digest_of.hpp"
#include "fake_context.hpp"
#include "http_client.hpp"
#include "memory_transport.hpp"

#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

const std::string origin = "https://registry.test";
const std::string cdn_origin = "https://cdn.test";

// A registry, the CDN beside it, and a client.
class Bench {
 public:
  explicit Bench(FakeRegistryOptions options = {}) : registry(with_cdn(std::move(options))) {
    transport_.serve(origin, registry.handler());
    transport_.serve(cdn_origin, registry.handler());
  }

  Answer send(Method method, const std::string& url, const Headers& headers = {}, const std::string& body = {}) {
    const bool absolute = url.starts_with("http");
    return exchange(transport_, fake_.context(), method, absolute ? url : origin + url, headers, body);
  }

  Answer start_upload(const Headers& headers = {}) {
    return send(Method::post, "/v2/ns/model/blobs/uploads/", headers);
  }

  FakeRegistry registry;

 private:
  static FakeRegistryOptions with_cdn(FakeRegistryOptions options) {
    options.cdn.origin = cdn_origin;
    return options;
  }

  MemoryTransport transport_;
  FakeContext fake_;
};

TEST(FakeRegistry, serves_a_blob_to_the_repositories_that_have_it_and_to_no_other) {
  Bench bench;
  const auto blob = bench.registry.content().add_blob("ns/model", "0123456789");
  EXPECT_EQ(bench.send(Method::get, "/v2/ns/model/blobs/" + blob.digest.text()).body, "0123456789");
  EXPECT_EQ(bench.send(Method::get, "/v2/ns/other/blobs/" + blob.digest.text()).status, 404);
  const auto mount = "/v2/ns/other/blobs/uploads/?mount=" + blob.digest.text() + "&from=ns/model";
  EXPECT_EQ(bench.send(Method::post, mount).status, 201);
  EXPECT_EQ(bench.send(Method::head, "/v2/ns/other/blobs/" + blob.digest.text()).status, 200);
}

struct RangeCase {
  const char* range;
  int status;
  const char* content_range;
  const char* body;
};

TEST(FakeRegistry, answers_ranges_as_rfc_9110_says) {
  Bench bench;
  const auto blob = bench.registry.content().add_blob("ns/model", "0123456789");
  for (const auto& [range, status, content_range, body] : {
           RangeCase{"bytes=2-4", 206, "bytes 2-4/10", "234"},
           RangeCase{"bytes=7-99", 206, "bytes 7-9/10", "789"},
           RangeCase{"bytes=8-", 206, "bytes 8-9/10", "89"},
           RangeCase{"bytes=-3", 206, "bytes 7-9/10", "789"},
           RangeCase{"bytes=10-12", 416, "bytes */10", ""},
           RangeCase{"lines=1-2", 200, "", "0123456789"},
       }) {
    const auto answer = bench.send(Method::get, "/v2/ns/model/blobs/" + blob.digest.text(), {{"Range", range}});
    EXPECT_EQ(answer.status, status) << range;
    EXPECT_EQ(answer.header("Content-Range"), content_range) << range;
    EXPECT_EQ(answer.body, body) << range;
  }
}

TEST(FakeRegistry, redirects_to_a_signed_url_that_takes_no_credentials_and_expires) {
  FakeRegistryOptions options{.redirects_blobs = 307};
  options.cdn.uses = 2;
  Bench bench(options);
  const auto blob = bench.registry.content().add_blob("ns/model", "bytes");
  const auto url = bench.send(Method::get, "/v2/ns/model/blobs/" + blob.digest.text()).header("Location");
  EXPECT_THAT(url, testing::StartsWith(cdn_origin + "/cdn/blobs/"));
  EXPECT_EQ(bench.send(Method::get, url, {{"Authorization", "Bearer t"}}).status, 400);
  EXPECT_EQ(bench.send(Method::get, url + "&x=1").status, 403);
  EXPECT_EQ(bench.send(Method::get, url).body, "bytes");
  EXPECT_EQ(bench.send(Method::get, url, {{"Range", "bytes=1-2"}}).body, "yt");
  EXPECT_EQ(bench.send(Method::get, url).status, 403);
}

TEST(FakeRegistry, takes_parts_in_order_each_at_the_session_url_that_the_last_one_gave) {
  Bench bench;
  const auto first_url = bench.start_upload().header("Location");
  const auto first = bench.send(Method::patch, first_url, {{"Content-Range", "0-4"}}, "01234");
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(first.header("Range"), "0-4");
  const auto next_url = first.header("Location");
  EXPECT_EQ(bench.send(Method::patch, first_url, {{"Content-Range", "5-9"}}, "56789").status, 404);
  EXPECT_EQ(bench.send(Method::patch, next_url, {{"Content-Range", "6-9"}}, "6789").status, 416);
  EXPECT_EQ(bench.send(Method::patch, next_url, {{"Content-Range", "5-9"}}, "5678").status, 400);
  EXPECT_EQ(bench.send(Method::get, next_url).header("Range"), "0-4");
  const auto last_url = bench.send(Method::patch, next_url, {{"Content-Range", "5-9"}}, "56789").header("Location");
  const auto blob = descriptor_of("0123456789");
  EXPECT_EQ(bench.send(Method::put, last_url + "&digest=" + blob.digest.text()).status, 201);
  EXPECT_EQ(*bench.registry.content().blob("ns/model", blob.digest.text()), "0123456789");
}

TEST(FakeRegistry, takes_redirected_parts_in_any_order_and_checks_the_etag) {
  const auto etag = to_hex(as_bytes(md5_of(md5_of("01234") + md5_of("56789")))) + "-2";
  for (const auto& [told, status] : {std::pair(etag, 201), std::pair(std::string("wrong-2"), 400)}) {
    FakeRegistryOptions options;
    options.uploads.offer = UploadOffer::redirected_parts;
    Bench bench(options);
    const Headers able{{"X-Redirect-Uploads", "1"}};
    const auto patch = [&](const std::string& url, const char* range, const char* bytes) {
      auto headers = able;
      headers.add("Content-Range", range);
      return bench.send(Method::patch, url, headers, bytes);
    };
    const auto first = patch(bench.start_upload().header("Location"), "0-4", "01234");
    EXPECT_EQ(first.status, 307);
    const auto second = patch(first.header("Docker-Upload-Location"), "5-9", "56789");
    EXPECT_EQ(bench.send(Method::put, second.header("Location"), {}, "56789").status, 200);
    EXPECT_EQ(bench.send(Method::put, first.header("Location"), {}, "01234").status, 200);
    const auto query = "&digest=" + digest_of("0123456789").text() + "&etag=" + told;
    EXPECT_EQ(bench.send(Method::put, second.header("Docker-Upload-Location") + query).status, status);
  }
}

TEST(FakeRegistry, offers_a_direct_upload_that_wants_its_signed_headers) {
  FakeRegistryOptions options;
  options.uploads.offer = UploadOffer::direct;
  options.cdn.headers = {{"Content-Type", "application/x-signed"}};
  Bench bench(options);
  EXPECT_EQ(bench.start_upload().header("X-Direct-Upload-URL"), "") << "to a client that did not ask for it";
  const auto start = bench.start_upload({{"X-Redirect-Uploads", "2"}, {"X-Content-Length", "5"}});
  const auto url = start.header("X-Direct-Upload-URL");
  const auto type = start.header("X-Signed-Header-Content-Type");
  EXPECT_EQ(bench.send(Method::put, url, {}, "bytes").status, 403);
  EXPECT_EQ(bench.send(Method::put, url, {{"Content-Type", type}}, "bytes").status, 200);
  const auto query = "&digest=" + digest_of("bytes").text();
  EXPECT_EQ(bench.send(Method::put, start.header("Location") + query).status, 201);
}

TEST(FakeRegistry, refuses_a_wrong_digest_and_forgets_the_session) {
  Bench bench;
  const auto url = bench.start_upload().header("Location") + "&digest=" + digest_of("right").text();
  const auto refused = bench.send(Method::put, url, {}, "wrong");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, testing::HasSubstr("DIGEST_INVALID"));
  EXPECT_EQ(bench.send(Method::put, url, {}, "right").status, 404);
}

TEST(FakeRegistry, stores_a_manifest_byte_for_byte_once_its_blobs_are_there) {
  Bench bench;
  const std::string bytes = "config";
  const auto manifest = manifest_json(descriptor_of(bytes), {}) + "\n ";
  const Headers type{{"Content-Type", "a/b"}};
  EXPECT_EQ(bench.send(Method::put, "/v2/ns/model/manifests/tag", type, manifest).status, 400);
  bench.registry.content().add_blob("ns/model", bytes);
  EXPECT_EQ(bench.send(Method::put, "/v2/ns/model/manifests/tag", type, manifest).status, 201);
  for (const auto& reference : {std::string("tag"), digest_of(manifest).text()}) {
    const auto answer = bench.send(Method::get, "/v2/ns/model/manifests/" + reference);
    EXPECT_EQ(answer.body, manifest);
    EXPECT_EQ(answer.header("Content-Type"), "a/b");
    EXPECT_EQ(answer.header("Docker-Content-Digest"), digest_of(manifest).text());
  }
}

TEST(FakeRegistry, lists_tags_a_page_at_a_time) {
  Bench bench({.tags_a_page = 2});
  for (const auto* tag : {"a", "b", "c"}) bench.registry.content().put_manifest("ns/model", tag, {"{}", ""});
  const auto first = bench.send(Method::get, "/v2/ns/model/tags/list");
  EXPECT_EQ(first.body, R"({"name":"ns/model","tags":["a","b"]})");
  EXPECT_EQ(first.header("Link"), "</v2/ns/model/tags/list?last=b&n=2>; rel=\"next\"");
  const auto last = bench.send(Method::get, "/v2/ns/model/tags/list?last=b&n=2");
  EXPECT_EQ(last.body, R"({"name":"ns/model","tags":["c"]})");
  EXPECT_EQ(last.header("Link"), "");
}

TEST(FakeRegistry, lets_a_token_do_what_its_scope_says_for_as_long_as_it_lasts) {
  FakeRegistryOptions options;
  options.auth = {.scheme = AuthScheme::token, .token_uses = 1};
  Bench bench(options);
  const auto blob = bench.registry.content().add_blob("ns/model", "bytes");
  const auto path = "/v2/ns/model/blobs/" + blob.digest.text();
  EXPECT_EQ(
      bench.send(Method::get, path).header("WWW-Authenticate"),
      R"(Bearer realm="https://registry.test/v2/token",service="fake-registry",scope="repository:ns/model:pull")");
  EXPECT_THAT(bench.send(Method::get, "/v2/token?scope=repository:ns/model:pull").body,
              testing::HasSubstr(R"("token":"token-1")"));
  const Headers bearer{{"Authorization", "Bearer token-1"}};
  EXPECT_EQ(bench.send(Method::post, "/v2/ns/model/blobs/uploads/", bearer).status, 401);
  EXPECT_EQ(bench.send(Method::get, path, bearer).status, 200);
  EXPECT_EQ(bench.send(Method::get, path, bearer).status, 401) << "a second use";
}

TEST(FakeRegistry, gives_signed_tokens_for_requests_of_the_right_shape_only) {
  FakeRegistryOptions options;
  options.auth = {.scheme = AuthScheme::signed_token};
  Bench bench(options);
  const auto key = std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20", 19) + std::string(32, 'k');
  const Headers right{{"Authorization", to_base64(as_bytes(key)) + ":" + to_base64(as_bytes(std::string(64, 's')))}};
  const std::string sorted = "/v2/token?nonce=n&scope=s&service=v&ts=1";
  EXPECT_EQ(bench.send(Method::get, sorted, right).status, 200);
  EXPECT_EQ(bench.send(Method::get, "/v2/token?scope=s&nonce=n&service=v&ts=1", right).status, 401);
  EXPECT_EQ(bench.send(Method::get, "/v2/token?nonce=n&scope=s&service=v", right).status, 401);
  EXPECT_EQ(bench.send(Method::get, sorted, {{"Authorization", "a2V5:c2ln"}}).status, 401);
}

TEST(FakeRegistry, goes_wrong_for_the_attempts_that_the_plan_names_counted_by_range) {
  Bench bench;
  const auto blob = bench.registry.content().add_blob("ns/model", "0123456789");
  bench.registry.plan().on({.method = "GET", .target = "/blobs/"}, Times::first_attempts(1), HttpReply{.status = 503});
  const auto get = [&](const char* range) {
    return bench.send(Method::get, "/v2/ns/model/blobs/" + blob.digest.text(), {{"Range", range}}).status;
  };
  EXPECT_EQ(get("bytes=0-4"), 503);
  EXPECT_EQ(get("bytes=5-9"), 503);
  EXPECT_EQ(get("bytes=0-4"), 206);
  EXPECT_EQ(get("bytes=5-9"), 206);
  EXPECT_EQ(bench.registry.log().count("GET", "/blobs/"), 4U);
  EXPECT_EQ(bench.registry.log().bytes_sent("/blobs/"), 10U);
}

}  // namespace
}  // namespace regtool
