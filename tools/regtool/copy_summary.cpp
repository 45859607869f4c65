#include "copy_summary.hpp"

#include "terminal/units.hpp"

#include <fmt/format.h>

namespace regtool::cli {

std::string copy_summary(const Reference& name, const CopyReport& report, std::string_view place, bool dry_run) {
  const auto what =
      fmt::format("{} of {} in {} of {}", format_bytes(report.copied_bytes), format_bytes(report.total_bytes),
                  report.copied_blobs, format_count(report.blobs, "blob"));
  if (!report.changed && report.copied_blobs == 0) return fmt::format("{}: up to date in {}", name.display(), place);
  if (dry_run) return fmt::format("{}: would copy {} to {}", name.display(), what, place);
  return fmt::format("{}: copied to {}, {}", name.display(), place, what);
}

void describe_copy(JsonText& json, const CopyReport& report) {
  json.field("changed", report.changed)
      .field("total_bytes", report.total_bytes)
      .field("copied_bytes", report.copied_bytes)
      .field("blobs", std::uint64_t{report.blobs})
      .field("copied_blobs", std::uint64_t{report.copied_blobs});
}

}  // namespace regtool::cli
