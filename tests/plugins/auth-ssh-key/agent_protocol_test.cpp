#include "auth-ssh-key/agent_protocol.hpp"

#include <regtool/encoding.hpp>

#include "auth-ssh-key/ssh_wire.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace std::string_literals;

const std::string blob = ed25519_blob(std::string(32, 'k'));
const std::string signature = wire_string("ssh-ed25519") + wire_string(std::string(64, 's'));

TEST(AgentRequest, is_a_length_a_type_and_what_it_is_about) {
  EXPECT_EQ(agent_list_request(), "\0\0\0\1\x0b"s);
  EXPECT_EQ(agent_sign_request("key", "text"), "\0\0\0\x14\x0d\0\0\0\3key\0\0\0\4text\0\0\0\0"s);
}

TEST(AgentKeys, are_the_ed25519_ones) {
  const auto answer = "\x0c\0\0\0\3"s + wire_string(wire_string("ssh-rsa") + wire_string("n")) + wire_string("rsa") +
                      wire_string(blob) + wire_string("mine") + wire_string("nonsense") + wire_string("");
  const auto keys = parse_agent_keys(answer);
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(keys->front().blob, blob);
  EXPECT_EQ(keys->front().comment, "mine");
}

TEST(AgentKeys, may_be_none) { EXPECT_EQ(parse_agent_keys("\x0c\0\0\0\0"s).value().size(), 0U); }

TEST(AgentKeys, that_are_promised_but_do_not_come_are_refused) {
  EXPECT_EQ(parse_agent_keys("\x0c\xff\xff\xff\xff"s).error().code, Errc::corrupt);
  const auto answer = "\x0c\0\0\0\1"s + wire_string(blob) + wire_string("mine");
  for (std::size_t size = 0; size < answer.size(); ++size) {
    EXPECT_FALSE(parse_agent_keys(answer.substr(0, size))) << size;
  }
}

TEST(AgentSignature, has_64_bytes) {
  EXPECT_EQ(parse_agent_signature("\x0e"s + wire_string(signature)).value(), std::string(64, 's'));
  for (std::size_t size = 0; size < signature.size(); ++size) {
    EXPECT_FALSE(parse_agent_signature("\x0e"s + wire_string(signature.substr(0, size)))) << size;
  }
  EXPECT_FALSE(
      parse_agent_signature("\x0e"s + wire_string(wire_string("ssh-rsa") + wire_string(std::string(64, 's')))));
}

TEST(AgentAnswer, that_refuses_is_told_from_one_that_makes_no_sense) {
  EXPECT_EQ(parse_agent_signature("\x05"s).error().code, Errc::unauthenticated);
  EXPECT_EQ(parse_agent_keys("\x05"s).error().code, Errc::unauthenticated);
  EXPECT_EQ(parse_agent_keys("\x0e"s).error().code, Errc::corrupt);
  EXPECT_EQ(parse_agent_keys("").error().code, Errc::corrupt);
}

}  // namespace
}  // namespace regtool
