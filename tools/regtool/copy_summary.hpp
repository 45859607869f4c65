#pragma once
// What is said of a model that was copied from one store into another.

#include <regtool/reference.hpp>

#include "engine/copy.hpp"
#include "json_text.hpp"

#include <string>
#include <string_view>

namespace regtool::cli {

// "gemma:2b: copied to nas, 1.7 GB of 1.7 GB in 6 of 6 blobs"; "nas" is `place`.
std::string copy_summary(const Reference& name, const CopyReport& report, std::string_view place, bool dry_run = false);

// The fields of the report, into an object that is begun.
void describe_copy(JsonText& json, const CopyReport& report);

}  // namespace regtool::cli
