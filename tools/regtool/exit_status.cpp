#include "exit_status.hpp"

#include <algorithm>
#include <iterator>

namespace regtool::cli {
namespace {

struct Row {
  Errc code;
  std::string_view name;
  ExitStatus status;
};

constexpr Row rows[] = {
    {Errc::not_found, "not_found", ExitStatus::not_found},
    {Errc::already_exists, "already_exists", ExitStatus::failed},
    {Errc::invalid_argument, "invalid_argument", ExitStatus::usage},
    {Errc::unsupported, "unsupported", ExitStatus::failed},
    {Errc::unauthenticated, "unauthenticated", ExitStatus::not_authorised},
    {Errc::forbidden, "forbidden", ExitStatus::not_authorised},
    {Errc::unavailable, "unavailable", ExitStatus::network},
    {Errc::timeout, "timeout", ExitStatus::network},
    {Errc::cancelled, "cancelled", ExitStatus::interrupted},
    {Errc::corrupt, "corrupt", ExitStatus::integrity},
    {Errc::no_space, "no_space", ExitStatus::no_space},
    {Errc::io, "io", ExitStatus::failed},
    {Errc::protocol, "protocol", ExitStatus::failed},
    {Errc::internal, "internal", ExitStatus::failed},
};

const Row& row(Errc code) noexcept {
  const auto* found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.code == code; });
  return found == std::end(rows) ? rows[std::size(rows) - 1] : *found;
}

}  // namespace

ExitStatus exit_status(Errc code) noexcept { return row(code).status; }

std::string_view to_string(Errc code) noexcept { return row(code).name; }

}  // namespace regtool::cli
