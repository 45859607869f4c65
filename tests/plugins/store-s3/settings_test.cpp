// Options and environment together, and where credentials come from.

#include "store-s3/settings.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"
#include "store-s3/profile_file.hpp"
#include "store-s3/remote_credentials.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::Not;

class S3SettingsTest : public testing::Test {
 protected:
  S3SettingsTest() {
    environment_["AWS_SHARED_CREDENTIALS_FILE"] = (folder_ / "credentials").string();
    given_ = {{"bucket", "models"}, {"spool", folder_.path().string()}};
  }

  Environment environment() const {
    return [this](const std::string& name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  Result<S3Settings> read() const {
    REGTOOL_TRY_ASSIGN(const auto config, Config::make(s3_options, given_));
    return read_settings(config, environment());
  }

  std::string url() const {
    const auto settings = read();
    return settings ? settings->client.address.origin() + settings->client.address.path_of("k")
                    : settings.error().message;
  }

  Result<std::optional<S3Credentials>> credentials() {
    const auto config = Config::make(s3_options, given_).value();
    REGTOOL_TRY_ASSIGN(const auto cache, read_credentials(config, environment(), transport_));
    return cache->get(fake_.context());
  }

  // The access key, or what the failure says.
  std::string key() {
    const auto found = credentials();
    if (!found) return "failed: " + found.error().message;
    return *found ? (*found)->access_key : "(anonymous)";
  }

  void write_credentials(const std::string& text) const { write_file(folder_ / "credentials", text); }
  void set_keys(const std::string& access_key) {
    environment_["AWS_ACCESS_KEY_ID"] = access_key;
    environment_["AWS_SECRET_ACCESS_KEY"] = "hidden";
  }

  TempDir folder_;
  FakeContext fake_;
  MemoryTransport transport_;
  std::map<std::string, std::string> environment_;
  OptionValues given_;
};

TEST_F(S3SettingsTest, need_a_bucket_and_little_else) {
  EXPECT_EQ(url(), "https://models.s3.us-east-1.amazonaws.com/k");
  given_.erase("bucket");
  const auto settings = read();
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, Errc::invalid_argument);
  EXPECT_THAT(settings.error().message, HasSubstr("store.bucket"));
}

TEST_F(S3SettingsTest, take_region_and_endpoint_from_the_environment_where_they_are_not_given) {
  environment_["AWS_DEFAULT_REGION"] = "eu-west-1";
  EXPECT_EQ(url(), "https://models.s3.eu-west-1.amazonaws.com/k");
  environment_["AWS_REGION"] = "eu-west-2";
  EXPECT_EQ(url(), "https://models.s3.eu-west-2.amazonaws.com/k");
  given_["region"] = "eu-west-3";
  EXPECT_EQ(url(), "https://models.s3.eu-west-3.amazonaws.com/k");
  environment_["AWS_ENDPOINT_URL"] = "http://one.test";
  EXPECT_EQ(url(), "http://one.test/models/k");
  environment_["AWS_ENDPOINT_URL_S3"] = "http://two.test";
  EXPECT_EQ(url(), "http://two.test/models/k");
  given_["endpoint"] = "http://three.test";
  EXPECT_EQ(url(), "http://three.test/models/k");
}

TEST_F(S3SettingsTest, refuse_bad_values) {
  for (const auto& [name, value] : OptionValues{{"addressing", "host"},
                                                {"part-size", "1M"},
                                                {"part-size", "6G"},
                                                {"uploads", "0"},
                                                {"uploads", "1000"},
                                                {"spool", "/nowhere/at/all"},
                                                {"endpoint", "ceph"}}) {
    given_[name] = value;
    const auto settings = read();
    ASSERT_FALSE(settings) << name;
    EXPECT_EQ(settings.error().code, Errc::invalid_argument) << name;
    given_.erase(name);
    given_.insert({"spool", folder_.path().string()});
  }
}

TEST_F(S3SettingsTest, round_the_size_of_parts_to_where_hashes_can_go_on) {
  given_["part-size"] = "7000001";
  EXPECT_EQ(read()->store.part_size, 7u << 20);
}

TEST_F(S3SettingsTest, name_locks_by_where_the_store_is) {
  const auto one = read()->store.lock_names;
  given_["prefix"] = "x";
  const auto two = read()->store.lock_names;
  given_["prefix"] = "";
  given_["endpoint"] = "http://h.test";
  EXPECT_NE(one, two);
  EXPECT_NE(one, read()->store.lock_names);
}

TEST_F(S3SettingsTest, find_keys_in_the_environment_before_the_file) {
  write_credentials("[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
  EXPECT_EQ(key(), "FILE");
  set_keys("ENV");
  EXPECT_EQ(key(), "ENV");
  environment_["AWS_SESSION_TOKEN"] = "t";
  EXPECT_EQ((*credentials())->token, "t");
}

TEST_F(S3SettingsTest, find_keys_where_they_are_told_to) {
  write_credentials(
      "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n"
      "[other]\naws_access_key_id = OTHER\naws_secret_access_key = s\naws_session_token = t\n");
  set_keys("ENV");
  given_["credentials"] = "profile";
  EXPECT_EQ(key(), "FILE");
  environment_["AWS_PROFILE"] = "other";
  EXPECT_EQ(key(), "OTHER");
  given_["credentials"] = "environment";
  EXPECT_EQ(key(), "ENV");
  given_["credentials"] = "anonymous";
  EXPECT_EQ(key(), "(anonymous)");
  given_["credentials"] = "guess";
  EXPECT_THAT(key(), HasSubstr("auto, environment, profile"));
}

TEST_F(S3SettingsTest, prefer_a_profile_that_the_config_names) {
  write_credentials("[other]\naws_access_key_id = OTHER\naws_secret_access_key = s\n");
  set_keys("ENV");
  given_["profile"] = "other";
  EXPECT_EQ(key(), "OTHER");
  given_["profile"] = "none";
  EXPECT_THAT(key(), HasSubstr("no such profile"));
}

TEST_F(S3SettingsTest, say_what_is_wrong_with_credentials_without_telling_them) {
  environment_["AWS_SECRET_ACCESS_KEY"] = "hidden";
  EXPECT_THAT(key(), HasSubstr("the first is not set"));
  EXPECT_THAT(key(), Not(HasSubstr("hidden")));
  environment_.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(key(), HasSubstr("there are no credentials"));
  environment_["AWS_PROFILE"] = "role";
  write_credentials("[role]\nrole_arn = arn:aws:iam::1:role/x\naws_secret_access_key = hidden\n");
  EXPECT_THAT(key(), HasSubstr("roles"));
  EXPECT_THAT(key(), Not(HasSubstr("hidden")));
  environment_["AWS_SHARED_CREDENTIALS_FILE"] = (folder_ / "absent").string();
  EXPECT_THAT(key(), HasSubstr("no such file"));
}

TEST(ProfileFile, is_read_as_awss_tools_do) {
  const std::string text =
      "# a comment\r\n[ default ]\r\nAWS_Access_Key_ID=A \r\n; another\n aws_secret_access_key = nested\n"
      "aws_secret_access_key =a=b #c\nno equals sign\n[x]\naws_access_key_id=B\n";
  const auto section = ini_section(text, "default").value();
  EXPECT_EQ(section.at("aws_access_key_id"), "A");
  EXPECT_EQ(section.at("aws_secret_access_key"), "a=b #c");
  EXPECT_EQ(ini_section(text, "x")->at("aws_access_key_id"), "B");
  EXPECT_FALSE(ini_section(text, "y"));
  EXPECT_FALSE(ini_section("", "y"));
}

constexpr const char* role_keys =
    R"({"AccessKeyId":"ROLE","SecretAccessKey":"hidden","Token":"t","Expiration":"2023-11-14T23:00:00Z"})";

TEST_F(S3SettingsTest, ask_the_container_where_its_variable_is_set) {
  std::vector<HttpRequest> asked;
  transport_.serve("http://169.254.170.2", [&](const HttpRequest& request) {
    asked.push_back(request);
    return HttpReply{200, {}, role_keys};
  });
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/1";
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "let me in";
  EXPECT_EQ(key(), "ROLE");
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].target, "/v2/credentials/1");
  EXPECT_EQ(asked[0].header("Authorization"), "let me in");
  write_file(folder_ / "token", "from a file\n");
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = (folder_ / "token").string();
  EXPECT_EQ(key(), "ROLE");
  EXPECT_EQ(asked[1].header("Authorization"), "from a file");
}

TEST_F(S3SettingsTest, ask_for_secrets_in_the_clear_on_this_machine_alone) {
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://elsewhere.test/keys";
  EXPECT_THAT(key(), HasSubstr("plain HTTP to elsewhere.test"));
  transport_.serve("https://elsewhere.test", [](const HttpRequest&) { return HttpReply{200, {}, role_keys}; });
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "https://elsewhere.test/keys";
  EXPECT_EQ(key(), "ROLE");
}

TEST_F(S3SettingsTest, ask_the_machine_when_told_to_with_a_token_of_its_service) {
  std::vector<std::string> asked;
  transport_.serve("http://169.254.169.254", [&](const HttpRequest& request) {
    asked.push_back(request.method + " " + request.target + " " + request.header("X-aws-ec2-metadata-token"));
    if (request.method == "PUT") return HttpReply{200, {}, "tok"};
    return HttpReply{200, {}, request.target.ends_with("/") ? "the-role\n" : role_keys};
  });
  EXPECT_THAT(key(), HasSubstr("there are no credentials"));
  EXPECT_TRUE(asked.empty());
  given_["credentials"] = "instance";
  EXPECT_EQ(key(), "ROLE");
  EXPECT_EQ(asked,
            (std::vector<std::string>{"PUT /latest/api/token ", "GET /latest/meta-data/iam/security-credentials/ tok",
                                      "GET /latest/meta-data/iam/security-credentials/the-role tok"}));
}

TEST_F(S3SettingsTest, say_when_the_service_of_credentials_fails_and_never_what_it_said) {
  given_["credentials"] = "container";
  environment_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  for (const auto& reply : {HttpReply{403, {}, "hidden"}, HttpReply{200, {}, "{\"SecretAccessKey\":\"hidden\"}"},
                            HttpReply{200, {}, "hidden"}, HttpReply{200, {}, ""}}) {
    transport_.serve("http://169.254.170.2", [&](const HttpRequest&) { return reply; });
    const auto found = credentials();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::unauthenticated);
    EXPECT_THAT(found.error().message, Not(HasSubstr("hidden")));
  }
}

// Counts how often it is asked.
class CountingSource final : public CredentialSource {
 public:
  explicit CountingSource(int& count, std::optional<std::chrono::system_clock::time_point> expires)
      : count_(count), expires_(expires) {}
  Result<std::optional<S3Credentials>> load(const Context&) noexcept override {
    return S3Credentials{"KEY" + std::to_string(++count_), "s", {}, expires_};
  }

 private:
  int& count_;
  const std::optional<std::chrono::system_clock::time_point> expires_;
};

TEST(CredentialCacheTest, asks_again_before_they_expire_or_when_they_were_refused) {
  FakeContext fake;
  int count = 0;
  CredentialCache cache(std::make_unique<CountingSource>(count, fake.clock.wall_time() + std::chrono::hours(1)));
  const auto first = *cache.get(fake.context()).value();
  EXPECT_EQ(cache.get(fake.context()).value()->access_key, "KEY1");
  cache.forget({"ANOTHER", "s"});
  EXPECT_EQ(cache.get(fake.context()).value()->access_key, "KEY1");
  cache.forget(first);
  EXPECT_EQ(cache.get(fake.context()).value()->access_key, "KEY2");
  fake.clock.advance(std::chrono::minutes(59));
  EXPECT_EQ(cache.get(fake.context()).value()->access_key, "KEY3");
}

}  // namespace
}  // namespace regtool
