#pragma once
// Quantities as people read them. Decimal units, as Ollama and disk makers use.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace regtool::cli {

// Three digits: "0 B", "999 B", "1.68 GB", "16.8 GB", "168 GB".
std::string format_bytes(std::uint64_t bytes);

// "112 MB/s"; "-" when it is not known.
std::string format_speed(std::optional<double> bytes_per_second);

// "8s", "2m05s", "1h02m", "3d04h"; "-" when it is not known.
std::string format_duration(std::optional<std::chrono::seconds> duration);

// "just now", "5 minutes ago", "3 weeks ago"; a time in the future is "just now".
std::string format_age(std::chrono::system_clock::duration age);

// "2026-11-28T03:21:51Z", for programs.
std::string format_utc(std::chrono::system_clock::time_point time);

// "1 blob", "2 blobs".
std::string format_count(std::uint64_t count, const char* noun);

}  // namespace regtool::cli
