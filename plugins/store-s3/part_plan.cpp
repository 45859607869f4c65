#include "part_plan.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1 << 20;

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

Result<PartPlan> PartPlan::make(std::uint64_t blob_size, std::uint64_t wanted) {
  if (blob_size > max_object) {
    return fail(Errc::unsupported,
                fmt::format("a blob of {} bytes: an object in S3 has at most {}", blob_size, max_object));
  }
  const auto least = (blob_size + max_parts - 1) / max_parts;
  return PartPlan(blob_size, least <= wanted ? wanted : rounded_up(least, mib));
}

}  // namespace regtool
