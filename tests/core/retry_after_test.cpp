#include "base/retry_after.hpp"

#include <gtest/gtest.h>
#include <ostream>

namespace regtool {
namespace {

using namespace std::chrono_literals;

// 1994-11-06 08:49:00 UTC, 37 seconds before the example date of RFC 9110.
constexpr auto now = std::chrono::system_clock::time_point(std::chrono::seconds(784111740));

struct Case {
  const char* value;
  std::optional<std::chrono::milliseconds> wait;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.value; }

class RetryAfter : public testing::TestWithParam<Case> {};

TEST_P(RetryAfter, is_read) { EXPECT_EQ(parse_retry_after(GetParam().value, now), GetParam().wait); }

INSTANTIATE_TEST_SUITE_P(Values, RetryAfter,
                         testing::Values(Case{"0", 0ms}, Case{"120", 120s}, Case{" 7 ", 7s},
                                         Case{"Sun, 06 Nov 1994 08:49:37 GMT", 37s},   // IMF-fixdate
                                         Case{"Sunday, 06-Nov-94 08:49:37 GMT", 37s},  // RFC 850
                                         Case{"Sun Nov  6 08:49:37 1994", 37s},        // asctime
                                         Case{"Sun, 06 Nov 1994 08:00:00 GMT", 0ms},   // past
                                         Case{"99999999999999999999", 8760h},          // saturates
                                         Case{"Fri, 31 Dec 9999 23:59:59 GMT", 8760h}, Case{"", std::nullopt},
                                         Case{"-5", std::nullopt}, Case{"1.5", std::nullopt},
                                         Case{"soon", std::nullopt},
                                         Case{"Sun, 06 Nov 1994 08:49:37 GMT+1", std::nullopt},
                                         Case{"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt}));

}  // namespace
}  // namespace regtool
