#include "exit_status.hpp"

#include <gtest/gtest.h>

namespace regtool::cli {
namespace {

TEST(ExitStatus, tells_the_kind_of_failure) {
  struct {
    Errc code;
    int status;
    std::string_view name;
  } const rows[] = {
      {Errc::not_found, 4, "not_found"},
      {Errc::already_exists, 1, "already_exists"},
      {Errc::invalid_argument, 2, "invalid_argument"},
      {Errc::unsupported, 1, "unsupported"},
      {Errc::unauthenticated, 3, "unauthenticated"},
      {Errc::forbidden, 3, "forbidden"},
      {Errc::unavailable, 6, "unavailable"},
      {Errc::timeout, 6, "timeout"},
      {Errc::cancelled, 130, "cancelled"},
      {Errc::corrupt, 5, "corrupt"},
      {Errc::no_space, 7, "no_space"},
      {Errc::io, 1, "io"},
      {Errc::protocol, 1, "protocol"},
      {Errc::internal, 1, "internal"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(to_status(exit_status(row.code)), row.status) << row.name;
    EXPECT_EQ(to_string(row.code), row.name);
  }
}

}  // namespace
}  // namespace regtool::cli
