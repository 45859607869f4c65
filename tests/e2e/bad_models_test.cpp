// Models in the store that cannot be pushed.

#include "bad_input.hpp"
#include "digest_of.hpp"

namespace regtool {
namespace {

class BadModel : public BadServer {
 protected:
  void keep_manifest(const std::string& bytes) {
    write_file(user_.store() / "manifests" / host() / "ns/model/tag", bytes);
  }
  void keep_blob(const Digest& digest, const std::string& bytes) {
    write_file(user_.store() / "blobs" / ("sha256-" + std::string(digest.hex())), bytes);
  }
  void expect_push_refused(const Refusal& refusal) {
    expect_refused({"push", name(), "--insecure"}, refusal);
    EXPECT_EQ(registry_.log().count("PUT", "/manifests/"), 0u) << registry_.log().text();
  }

  const std::string config = "{}", weights = "weights";
  const std::string manifest =
      manifest_json({digest_of(config), config.size()},
                    {{"application/vnd.ollama.image.model", {digest_of(weights), weights.size()}}});
};

TEST_F(BadModel, whose_manifest_cannot_be_read) {
  for (const std::string& bytes :
       {std::string(), std::string("null"), std::string("<html>"), std::string(100'000, '[')}) {
    keep_manifest(bytes);
    expect_push_refused({1, {"manifest", "ns/model:tag"}});
  }
  keep_manifest(std::string(5 << 20, ' '));
  expect_push_refused({5, {"ns/model/tag", "more than"}});
}

TEST_F(BadModel, whose_blob_is_missing) {
  keep_blob(digest_of(config), config);
  keep_manifest(manifest);
  expect_push_refused({5, {"model", "missing", "pull"}});
}

TEST_F(BadModel, whose_blob_is_damaged) {
  keep_blob(digest_of(config), config);
  keep_blob(digest_of(weights), "WEIGHTS");
  keep_manifest(manifest);
  expect_push_refused({5, {"model", digest_of(weights).text()}});
}

TEST_F(BadModel, whose_blob_has_another_size) {
  keep_blob(digest_of(config), config);
  keep_blob(digest_of(weights), "weights and more");
  keep_manifest(manifest);
  expect_push_refused({5, {"model"}});
}

class GoodModel : public BadModel {
 protected:
  GoodModel() {
    keep_blob(digest_of(config), config);
    keep_blob(digest_of(weights), weights);
    keep_manifest(manifest);
  }
};

TEST_F(GoodModel, is_not_announced_when_its_blobs_are_refused) {
  registry_.plan().on({.method = "POST"}, Times::always(),
                      HttpReply{.status = 403, .body = R"({"errors":[{"code":"DENIED","message":"quota"}]})"});
  expect_push_refused({3, {"403", "quota"}});
}

TEST_F(GoodModel, is_not_announced_when_an_upload_leads_nowhere) {
  keep_secret("ada");
  for (const auto* nowhere : {"file:///etc/passwd", "http://ada:secret@127.0.0.1/x", "http://127.0.0.1:99999/"}) {
    SCOPED_TRACE(nowhere);
    registry_.plan().clear();
    registry_.plan().on({.method = "POST"}, Times::always(),
                        HttpReply{.status = 202, .headers = {{"Location", nowhere}}});
    expect_push_refused({1, {"redirect to a bad URL"}});
  }
}

TEST_F(GoodModel, is_not_announced_when_a_direct_upload_leads_nowhere) {
  registry_.plan().on({.method = "POST"}, Times::always(),
                      HttpReply{.status = 202,
                                .headers = {{"Location", "/v2/ns/model/blobs/uploads/1"},
                                            {"X-Direct-Upload-URL", "ftp://127.0.0.1/x?signature-1"}}});
  keep_secret("signature-1");
  expect_push_refused({1, {"redirect to a bad URL"}});
}

}  // namespace
}  // namespace regtool
