// What Ceph will not do when it is asked to: a small front answers as AWS documents it.

#include "engine/retrying_transport.hpp"
#include "fake_context.hpp"
#include "memory_transport.hpp"
#include "store-s3/object_reader.hpp"
#include "store-s3/s3_client.hpp"
#include "store-s3/s3_objects.hpp"
#include "store-s3/s3_uploads.hpp"
#include "store-s3/sigv4.hpp"
#include "store-s3/time_text.hpp"
#include "verified_bytes.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string error_body(const std::string& code, const std::string& more = "") {
  return "<Error><Code>" + code + "</Code><Message>no</Message>" + more + "</Error>";
}

std::string date_of(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

class SessionKeys final : public CredentialSource {
 public:
  explicit SessionKeys(int& loads) : loads_(loads) {}
  Result<std::optional<S3Credentials>> load(const Context&) noexcept override {
    return S3Credentials{"KEY" + std::to_string(++loads_), "hidden-secret", "hidden-token", {}};
  }

 private:
  int& loads_;
};

class S3ClientTest : public testing::Test {
 protected:
  S3ClientTest() {
    transport_.serve("https://s3.test", [this](const HttpRequest& request) {
      asked_.push_back(request);
      (void)request.body();
      return handler_(request);
    });
  }

  // Answers in that order, the last one for ever.
  void answer(std::vector<HttpReply> replies) {
    handler_ = [replies = std::move(replies), next = std::size_t{0}](const HttpRequest&) mutable {
      return replies[std::min(next++, replies.size() - 1)];
    };
  }

  std::string said() const {
    std::string text;
    for (const auto& line : fake_.console.debugs()) text += line;
    return text;
  }

  Context ctx() { return fake_.context(); }

  FakeContext fake_;
  int loads_ = 0;
  MemoryTransport transport_;
  TransferSettings settings_;
  RetryingTransport retrying_{transport_, settings_};
  S3Client client_{
      retrying_,
      std::make_unique<CredentialCache>(std::make_unique<SessionKeys>(loads_)),
      {"models", "eu-west-1", BucketAddress::make("models", "https://s3.test", "eu-west-1", Addressing::path).value()}};
  S3Objects objects_{client_};
  S3Uploads uploads_{client_};
  std::function<HttpReply(const HttpRequest&)> handler_;
  std::vector<HttpRequest> asked_;
};

TEST_F(S3ClientTest, signs_what_it_sends) {
  answer({{200, {{"ETag", "\"e\""}}, "x"}});
  ASSERT_TRUE(objects_.get(ctx(), "a b", 10));
  const auto& request = asked_.at(0);
  EXPECT_EQ(request.target, "/models/a%20b");
  EXPECT_THAT(request.header("Authorization"), HasSubstr("Credential=KEY1/20231114/eu-west-1/s3/aws4_request, "
                                                         "SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                                                         "x-amz-security-token, "));
  EXPECT_EQ(request.header("x-amz-security-token"), "hidden-token");
  // The same signature from what arrived.
  Headers headers{{"host", "s3.test"}};
  for (const auto* name : {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"})
    headers.add(name, request.header(name));
  const auto expected = authorization({"GET", request.path, {}, headers, request.header("x-amz-content-sha256")},
                                      {"KEY1", "hidden-secret", "eu-west-1"}, request.header("x-amz-date"));
  EXPECT_EQ(request.header("Authorization"), expected.value());
}

TEST_F(S3ClientTest, signs_by_the_services_clock_where_ours_is_wrong) {
  const auto now = fake_.clock.wall_time() + std::chrono::hours(9);
  handler_ = [&](const HttpRequest& request) {
    const bool right = request.header("x-amz-date") == amz_time(now);
    return right ? HttpReply{200, {{"ETag", "\"e\""}}, "x"}
                 : HttpReply{403, {{"Date", date_of(now)}}, error_body("RequestTimeTooSkewed")};
  };
  ASSERT_TRUE(objects_.get(ctx(), "k", 10));
  EXPECT_EQ(asked_.size(), 2u);
  ASSERT_TRUE(objects_.get(ctx(), "k", 10));
  EXPECT_EQ(asked_.size(), 3u) << "it is remembered";
}

TEST_F(S3ClientTest, notices_a_wrong_clock_where_a_head_has_no_words) {
  const auto now = fake_.clock.wall_time() - std::chrono::hours(1);
  handler_ = [&](const HttpRequest& request) {
    return request.header("x-amz-date") == amz_time(now) ? HttpReply{200, {{"ETag", "\"e\""}}, "x"}
                                                         : HttpReply{403, {{"Date", date_of(now)}}, ""};
  };
  const auto facts = objects_.head(ctx(), "k");
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ((*facts)->size, 1u);
}

TEST_F(S3ClientTest, corrects_its_clock_once) {
  answer({{403,
           {{"Date", date_of(fake_.clock.wall_time() + std::chrono::hours(9))}},
           error_body("RequestTimeTooSkewed")}});
  EXPECT_EQ(objects_.get(ctx(), "k", 10).error().code, Errc::unauthenticated);
  EXPECT_EQ(asked_.size(), 2u);
}

TEST_F(S3ClientTest, loads_expired_credentials_anew_once) {
  answer({{400, {}, error_body("ExpiredToken")}, {200, {{"ETag", "\"e\""}}, "x"}});
  ASSERT_TRUE(objects_.get(ctx(), "k", 10));
  EXPECT_EQ(loads_, 2);
  EXPECT_THAT(asked_.at(1).header("Authorization"), HasSubstr("Credential=KEY2/"));
  answer({{400, {}, error_body("ExpiredToken")}});
  EXPECT_EQ(objects_.get(ctx(), "k", 10).error().code, Errc::unauthenticated);
  EXPECT_EQ(loads_, 3);
}

TEST_F(S3ClientTest, tells_no_secret) {
  answer({{403, {}, error_body("SignatureDoesNotMatch", "<StringToSign>hidden-token</StringToSign>")}});
  const auto error = objects_.get(ctx(), "k", 10).error();
  EXPECT_EQ(error.code, Errc::unauthenticated);
  EXPECT_THAT(error.message + said(), Not(HasSubstr("hidden")));
}

TEST_F(S3ClientTest, waits_and_asks_again_when_told_to_slow_down) {
  answer({{503, {{"Retry-After", "2"}}, error_body("SlowDown")},
          {503, {}, error_body("SlowDown")},
          {200, {{"ETag", "\"e\""}}, "x"}});
  ASSERT_TRUE(objects_.get(ctx(), "k", 10));
  EXPECT_EQ(asked_.size(), 3u);
  EXPECT_GE(fake_.clock.sleeps().at(0), std::chrono::seconds(2));
}

TEST_F(S3ClientTest, sends_again_what_was_damaged_on_the_way) {
  answer({{400, {}, error_body("XAmzContentSHA256Mismatch")}, {200, {{"ETag", "\"e\""}}, ""}});
  EXPECT_EQ(objects_.put(ctx(), "k", "bytes").value(), "\"e\"");
  EXPECT_EQ(asked_.size(), 2u);
  EXPECT_EQ(asked_[1].body(), "bytes");
  answer({{400, {}, error_body("XAmzContentSHA256Mismatch")}});
  EXPECT_EQ(objects_.put(ctx(), "k", "bytes").error().code, Errc::corrupt);
  EXPECT_EQ(asked_.size(), 5u);
}

TEST_F(S3ClientTest, names_the_region_where_the_bucket_is) {
  for (const auto& reply :
       {HttpReply{301, {{"x-amz-bucket-region", "ap-south-1"}}, error_body("PermanentRedirect")},
        HttpReply{400, {}, error_body("AuthorizationHeaderMalformed", "<Region>ap-south-1</Region>")}}) {
    answer({reply});
    const auto error = objects_.head(ctx(), "k").error();
    EXPECT_EQ(error.code, Errc::invalid_argument);
    EXPECT_THAT(error.message, HasSubstr("set store.region to ap-south-1"));
  }
}

TEST_F(S3ClientTest, asks_for_the_words_that_a_head_lacks) {
  handler_ = [](const HttpRequest& request) {
    return request.method == "HEAD" ? HttpReply{403, {}, ""} : HttpReply{403, {}, error_body("InvalidAccessKeyId")};
  };
  const auto error = objects_.head(ctx(), "k").error();
  EXPECT_EQ(error.code, Errc::unauthenticated);
  EXPECT_THAT(error.message, HasSubstr("InvalidAccessKeyId"));
}

TEST_F(S3ClientTest, writes_without_a_condition_where_there_are_none) {
  handler_ = [](const HttpRequest& request) {
    return request.header("If-Match").empty() ? HttpReply{200, {{"ETag", "\"n\""}}, ""}
                                              : HttpReply{501, {}, error_body("NotImplemented")};
  };
  settings_.tries = 1;
  const auto written = objects_.put(ctx(), "k", "bytes", {.if_etag = "\"e\""});
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(*written, "\"n\"");
}

TEST_F(S3ClientTest, compares_etags_without_quotes_where_the_service_does) {
  handler_ = [](const HttpRequest& request) {
    if (request.method == "HEAD") return HttpReply{200, {{"ETag", "\"e\""}}, "x"};
    return request.header("If-Match") == "e" ? HttpReply{200, {{"ETag", "\"n\""}}, ""}
                                             : HttpReply{412, {}, error_body("PreconditionFailed")};
  };
  EXPECT_EQ(objects_.put(ctx(), "k", "bytes", {.if_etag = "\"e\""}).value(), "\"n\"");
  EXPECT_EQ(objects_.put(ctx(), "k", "bytes", {.if_etag = "\"other\""}).value(), std::nullopt);
}

const S3Upload upload{"k", "id", {}};
const std::vector<S3Part> parts{{1, "\"e\"", 5}};

TEST_F(S3ClientTest, does_not_take_a_completion_for_good_that_fails_after_its_head) {
  answer({{200, {}, "\n\n  " + error_body("InternalError")}, {200, {}, "  <CompleteMultipartUploadResult/>"}});
  EXPECT_TRUE(uploads_.complete(ctx(), upload, parts).value());
  EXPECT_EQ(asked_.size(), 2u);
  EXPECT_THAT(asked_[0].body(), HasSubstr("<ETag>&quot;e&quot;</ETag>"));
  answer({{200, {}, error_body("InternalError")}});
  EXPECT_EQ(uploads_.complete(ctx(), upload, parts).error().code, Errc::unavailable);
  answer({{200, {}, error_body("AccessDenied")}});
  EXPECT_EQ(uploads_.complete(ctx(), upload, parts).error().code, Errc::forbidden);
  answer({{200, {}, error_body("NoSuchUpload")}});
  EXPECT_FALSE(uploads_.complete(ctx(), upload, parts).value());
  answer({{404, {}, error_body("NoSuchUpload")}});
  EXPECT_FALSE(uploads_.complete(ctx(), upload, parts).value());
}

TEST_F(S3ClientTest, lists_every_page) {
  handler_ = [](const HttpRequest& request) {
    const auto token = request.query_value("continuation-token");
    const auto more =
        token.empty() ? "<IsTruncated>true</IsTruncated><NextContinuationToken>t/1</NextContinuationToken>" : "";
    return HttpReply{
        200,
        {},
        fmt::format("<ListBucketResult>{}<Contents><Key>{}</Key><Size>1</Size></Contents></ListBucketResult>", more,
                    token.empty() ? "a" : "b")};
  };
  std::vector<std::string> keys;
  ASSERT_TRUE(objects_.list(ctx(), "p/", "", [&](const S3ObjectPage& page) -> Result<> {
    for (const auto& object : page.objects) keys.push_back(object.key);
    return {};
  }));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(asked_.at(1).query_value("continuation-token"), "t/1");
  EXPECT_EQ(asked_.at(1).query_value("prefix"), "p/");
}

TEST(S3ClientWithoutCredentials, signs_nothing) {
  FakeContext fake;
  MemoryTransport transport;
  std::string authorization = "?";
  transport.serve("https://s3.test", [&](const HttpRequest& request) {
    authorization = request.header("Authorization");
    return HttpReply{200, {{"ETag", "\"e\""}}, "x"};
  });
  S3Client client(transport, std::make_unique<CredentialCache>(nullptr),
                  {"models", "x", BucketAddress::make("models", "https://s3.test", "x", Addressing::path).value()});
  EXPECT_TRUE(S3Objects(client).get(fake.context(), "k", 10));
  EXPECT_EQ(authorization, "");
}

// An object of 300 MiB that is never in memory at once.
class ObjectReaderTest : public S3ClientTest {
 protected:
  static constexpr std::uint64_t mib = 1 << 20;
  static constexpr std::uint64_t size = 300 * mib;

  ObjectReaderTest() {
    handler_ = [this](const HttpRequest& request) { return serve(request); };
  }

  HttpReply serve(const HttpRequest& request) {
    if (request.header("If-Match") != "\"v1\"") return {412, {}, error_body("PreconditionFailed")};
    unsigned long long first = 0, last = 0;
    EXPECT_EQ(std::sscanf(request.header("Range").c_str(), "bytes=%llu-%llu", &first, &last), 2);
    requested_.push_back({first, last - first + 1});
    // The bytes repeat after 1 MiB.
    const auto length = last - first + 1;
    if (!body_) {
      std::string all;
      const auto once = some_bytes(mib);
      for (std::uint64_t at = 0; at < size / mib; ++at) all += once;
      body_ = std::make_shared<const std::string>(std::move(all));
    }
    return {
        206, {{"Content-Range", fmt::format("bytes {}-{}/{}", first, last, size)}}, ReplyBody(body_, {first, length})};
  }

  // True if the bytes there are the right ones.
  bool reads(ObjectReader& reader, std::uint64_t offset, std::uint64_t length) const {
    const auto once = some_bytes(mib);
    std::vector<std::byte> buffer(256 << 10);
    for (auto at = offset; at < offset + length;) {
      const auto wanted = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), offset + length - at));
      const auto count = reader.read_at(at, wanted);
      if (!count || *count == 0) return false;
      for (std::size_t i = 0; i < *count; ++i) {
        if (buffer[i] != static_cast<std::byte>(once[(at + i) % mib])) return false;
      }
      at += *count;
    }
    return true;
  }

  std::shared_ptr<const std::string> body_;
  std::vector<Range> requested_;
};

TEST_F(ObjectReaderTest, reads_in_order_with_few_requests) {
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  EXPECT_TRUE(reads(reader, 0, size));
  EXPECT_EQ(
      requested_,
      (std::vector<Range>{
          {0, 8 * mib}, {8 * mib, 32 * mib}, {40 * mib, 128 * mib}, {168 * mib, 128 * mib}, {296 * mib, 4 * mib}}));
}

TEST_F(ObjectReaderTest, reads_several_parts_in_order_at_once) {
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  for (std::uint64_t step = 0; step < 4; ++step) {
    for (const auto part : {0, 100, 200}) EXPECT_TRUE(reads(reader, part * mib + step * mib, mib));
  }
  EXPECT_EQ(requested_, (std::vector<Range>{{0, 8 * mib}, {100 * mib, 8 * mib}, {200 * mib, 8 * mib}}));
}

TEST_F(ObjectReaderTest, asks_for_no_more_than_there_is) {
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  EXPECT_TRUE(reads(reader, size - 10, 10));
  EXPECT_EQ(requested_, (std::vector<Range>{{size - 10, 10}}));
  std::array<std::byte, 1> out;
  EXPECT_EQ(reader.read_at(size, out).value(), 0u);
}

TEST_F(ObjectReaderTest, goes_on_where_an_answer_was_cut) {
  int cuts = 0;
  handler_ = [&](const HttpRequest& request) {
    auto reply = serve(request);
    return cuts++ < 3 ? std::move(reply).with(cut_at(Moment::in_body(100'000))) : reply;
  };
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  EXPECT_TRUE(reads(reader, 0, 2 * mib));
  EXPECT_EQ(requested_.at(1).first, 100'000u);
}

TEST_F(ObjectReaderTest, gives_up_when_nothing_comes) {
  handler_ = [&](const HttpRequest& request) { return serve(request).with(cut_at(Moment::in_body(0))); };
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  std::array<std::byte, 10> out;
  EXPECT_EQ(reader.read_at(0, out).error().code, Errc::unavailable);
  EXPECT_LT(requested_.size(), 10u);
}

TEST_F(ObjectReaderTest, never_mixes_versions) {
  ObjectReader reader(ctx(), client_, "k", {"\"v0\"", size});
  std::array<std::byte, 10> out;
  EXPECT_EQ(reader.read_at(0, out).error().code, Errc::not_found);
}

TEST_F(ObjectReaderTest, refuses_other_bytes_than_it_asked_for) {
  for (const std::string range : {"bytes 1-8388608/314572800", "bytes 0-8388607/400000000", ""}) {
    handler_ = [&](const HttpRequest& request) {
      auto reply = serve(request);
      reply.headers.set("Content-Range", range);
      return reply;
    };
    ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
    std::array<std::byte, 10> out;
    EXPECT_EQ(reader.read_at(0, out).error().code, Errc::protocol) << range;
  }
  handler_ = [&](const HttpRequest& request) {
    auto reply = serve(request);
    reply.status = 200;
    return reply;
  };
  ObjectReader reader(ctx(), client_, "k", {"\"v1\"", size});
  std::array<std::byte, 10> out;
  EXPECT_EQ(reader.read_at(0, out).error().code, Errc::protocol);
}

}  // namespace
}  // namespace regtool
