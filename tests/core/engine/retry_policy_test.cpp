#include "engine/retry_policy.hpp"

#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Row {
  const char* name;
  Error error;
  Failures failures;
  double jitter;
  std::optional<milliseconds> expected;
};

class RetryPolicy : public testing::TestWithParam<Row> {};

TEST_P(RetryPolicy, decides) {
  const auto& row = GetParam();
  EXPECT_EQ(next_try(TransferSettings(), row.error, row.failures, row.jitter), row.expected);
}

const Error reset{Errc::unavailable, "reset", std::nullopt};
const Error late{Errc::timeout, "late", std::nullopt};
const Error busy{Errc::unavailable, "busy", milliseconds(7000)};
const Error closed_today{Errc::unavailable, "closed", seconds(3600)};
const Error missing{Errc::not_found, "missing", std::nullopt};
const Error damaged{Errc::corrupt, "damaged", std::nullopt};
const Error stopped{Errc::cancelled, "stopped", std::nullopt};

const Row rows[] = {
    {"first_pause", reset, {1, seconds(0)}, 0, milliseconds(250)},
    {"doubles", reset, {2, seconds(0)}, 0, milliseconds(500)},
    {"doubles_again", late, {5, seconds(9)}, 0, milliseconds(4000)},
    {"jitter_takes_up_to_half", reset, {2, seconds(0)}, 0.5, milliseconds(375)},
    {"last_try", reset, {6, seconds(9)}, 0, std::nullopt},
    {"out_of_patience", late, {3, seconds(45)}, 0, std::nullopt},
    {"waits_as_long_as_asked", busy, {1, seconds(0)}, 0.9, milliseconds(7000)},
    {"asked_for_more_than_patience", closed_today, {1, seconds(0)}, 0, std::nullopt},
    {"not_found_stays_so", missing, {1, seconds(0)}, 0, std::nullopt},
    {"corrupt_is_not_for_waiting", damaged, {1, seconds(0)}, 0, std::nullopt},
    {"cancelled", stopped, {1, seconds(0)}, 0, std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Table, RetryPolicy, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RetryPolicy, never_pauses_longer_than_the_longest_pause) {
  TransferSettings settings;
  settings.tries = 100;
  settings.patience = std::chrono::hours(1);
  EXPECT_EQ(next_try(settings, reset, {90, seconds(0)}, 0), settings.backoff_max);
}

}  // namespace
}  // namespace regtool
