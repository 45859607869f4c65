#include <regtool/auth.hpp>

#include <cstdlib>
#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr Option options[] = {{"user", OptionType::text, "", "x"}, {"password", OptionType::secret, "", "x"}};

class LoginTest : public testing::Test {
 protected:
  void TearDown() override {
    set("REGTOOL_USER=");
    set("REGTOOL_PASSWORD=");
  }

  // A variable, as "NAME=VALUE". The text has to last.
  static void set(const char* assignment) { putenv(const_cast<char*>(assignment)); }

  static Result<std::optional<Login>> find(const OptionValues& given) {
    return find_login(Config::make(options, given).value());
  }
};

TEST_F(LoginTest, comes_from_the_config_before_the_environment) {
  set("REGTOOL_USER=env");
  set("REGTOOL_PASSWORD=env-password");
  const auto login = find({{"user", "me"}, {"password", "pw"}});
  ASSERT_TRUE(login && *login);
  EXPECT_EQ((*login)->user, "me");
  EXPECT_EQ((*login)->password, "pw");
}

TEST_F(LoginTest, comes_from_the_environment_where_the_config_is_silent) {
  set("REGTOOL_USER=env");
  set("REGTOOL_PASSWORD=env-password");
  const auto login = find({});
  ASSERT_TRUE(login && *login);
  EXPECT_EQ((*login)->user, "env");
  EXPECT_EQ((*login)->password, "env-password");
}

TEST_F(LoginTest, takes_the_password_of_a_configured_user_from_the_environment) {
  set("REGTOOL_USER=env");
  set("REGTOOL_PASSWORD=env-password");
  const auto login = find({{"user", "me"}});
  ASSERT_TRUE(login && *login);
  EXPECT_EQ((*login)->user, "me");
  EXPECT_EQ((*login)->password, "env-password");
}

TEST_F(LoginTest, never_gives_a_configured_password_to_another_user) {
  set("REGTOOL_USER=env");
  EXPECT_FALSE(find({{"password", "pw"}}));
}

TEST_F(LoginTest, may_be_absent) { EXPECT_EQ(find({}).value().has_value(), false); }

TEST_F(LoginTest, refuses_what_basic_cannot_carry_without_showing_it) {
  for (const auto& [user, password] :
       {std::pair{"", "hunter2"}, {"a:b", "hunter2"}, {"a", "hunter2\n"}, {"a\r", "x"}}) {
    const auto login = find({{"user", user}, {"password", password}});
    ASSERT_FALSE(login) << user;
    EXPECT_EQ(login.error().code, Errc::invalid_argument);
    EXPECT_EQ(login.error().message.find("hunter2"), std::string::npos);
  }
}

TEST(BasicAuthorization, is_the_example_of_rfc_7617) {
  EXPECT_EQ(basic_authorization({"Aladdin", "open sesame"}), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace regtool
