#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

constexpr std::string_view known[] = {"store", "transport", "verify", "registries", "plugin-path", "ca"};

TEST(Nearest, finds_what_was_probably_meant) {
  EXPECT_EQ(nearest("stor", known), "store");
  EXPECT_EQ(nearest("tarnsport", known), "transport");
  EXPECT_EQ(nearest("registeries", known), "registries");
  EXPECT_EQ(nearest("plugin_path", known), "plugin-path");
  EXPECT_EQ(nearest("VERIFY", known), "verify");
  EXPECT_EQ(nearest("ac", known), "ca");
}

TEST(Nearest, suggests_nothing_that_is_far_away) {
  EXPECT_EQ(nearest("bucket", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest(std::string(10000, 's'), known), "");
}

TEST(Nearest, message_names_the_nearest_or_else_all) {
  EXPECT_EQ(did_you_mean("stoer", known), "; did you mean \"store\"?");
  EXPECT_EQ(did_you_mean("bucket", known), "; known: store, transport, verify, registries, plugin-path, ca");
  EXPECT_EQ(did_you_mean("bucket", {}), "");
}

}  // namespace
}  // namespace regtool
