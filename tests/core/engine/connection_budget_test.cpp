#include "engine/connection_budget.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using std::chrono::milliseconds;
using Limit = ConnectionBudget::Limit;

// A link that makes so many bytes per second with so many connections.
class Link {
 public:
  Link(unsigned first, unsigned most, std::function<double(unsigned)> speed)
      : speed_(std::move(speed)), budget_(first, most, now_) {}

  // How many connections are allowed after some time.
  unsigned after(milliseconds time, Limit limit = Limit::connections) {
    for (milliseconds passed{0}; passed < time; passed += tick) {
      now_ += tick;
      bytes_ += speed_(budget_.allowed()) * std::chrono::duration<double>(tick).count();
      if (!budget_.observe(now_, static_cast<std::uint64_t>(bytes_), limit)) continue;
      ++changes;
    }
    return budget_.allowed();
  }

  int changes = 0;

 private:
  static constexpr milliseconds tick{100};
  const std::function<double(unsigned)> speed_;
  ConnectionBudget::TimePoint now_{std::chrono::hours(1)};
  double bytes_ = 0;
  ConnectionBudget budget_;
};

double each_has_its_own(unsigned connections) { return 4e6 * connections; }
double one_fills_it(unsigned) { return 1e8; }

TEST(ConnectionBudget, opens_all_in_a_second_where_each_adds_to_the_total) {
  Link link(4, 16, each_has_its_own);
  EXPECT_EQ(link.after(milliseconds(1000)), 16u);
  EXPECT_EQ(link.after(milliseconds(60'000)), 16u);
}

TEST(ConnectionBudget, goes_back_where_more_do_not_raise_the_total) {
  Link link(4, 16, one_fills_it);
  EXPECT_EQ(link.after(milliseconds(1500)), 4u);
  EXPECT_EQ(link.changes, 2);
}

TEST(ConnectionBudget, stays_at_the_level_that_filled_the_link) {
  Link link(4, 64, [](unsigned connections) { return std::min(each_has_its_own(connections), 64e6); });
  EXPECT_EQ(link.after(milliseconds(3000)), 16u);
}

TEST(ConnectionBudget, tries_again_later_and_ever_more_seldom) {
  Link link(4, 16, one_fills_it);
  (void)link.after(milliseconds(4000));
  EXPECT_EQ(link.changes, 2);
  (void)link.after(milliseconds(5000));
  EXPECT_EQ(link.changes, 4);
  (void)link.after(milliseconds(7000));
  EXPECT_EQ(link.changes, 4);
}

TEST(ConnectionBudget, opens_no_more_while_some_have_nothing_to_do) {
  Link link(4, 16, each_has_its_own);
  EXPECT_EQ(link.after(milliseconds(5000), Limit::work), 4u);
}

TEST(ConnectionBudget, closes_all_but_one_where_bytes_come_faster_than_they_can_be_verified) {
  Link link(4, 16, each_has_its_own);
  EXPECT_EQ(link.after(milliseconds(100), Limit::verifier), 2u);
  EXPECT_EQ(link.after(milliseconds(5000), Limit::verifier), 1u);
}

TEST(ConnectionBudget, opens_more_again_once_verification_has_caught_up) {
  Link link(4, 16, each_has_its_own);
  (void)link.after(milliseconds(1000), Limit::verifier);
  EXPECT_EQ(link.after(milliseconds(2000)), 16u);
}

TEST(ConnectionBudget, opens_more_while_nothing_comes_at_all) {
  Link link(4, 16, [](unsigned) { return 0.0; });
  EXPECT_EQ(link.after(milliseconds(5000)), 16u);
}

TEST(ConnectionBudget, never_exceeds_what_is_configured) {
  EXPECT_EQ(Link(4, 6, each_has_its_own).after(milliseconds(5000)), 6u);
  EXPECT_EQ(Link(4, 1, each_has_its_own).after(milliseconds(5000)), 1u);
}

}  // namespace
}  // namespace regtool
