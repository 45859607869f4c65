#pragma once
// Standard input and output for bytes that are no text. One file a platform.

#include <regtool/archive.hpp>

#include <memory>
#include <stop_token>

namespace regtool::cli {

// True if a person would have to type what is read.
bool input_is_terminal() noexcept;

// Errc::cancelled soon after `stop`, whether anything comes or not.
std::unique_ptr<ByteInput> standard_input(std::stop_token stop);

// Errc::unavailable when nobody reads any more; Errc::cancelled soon after `stop`.
std::unique_ptr<ByteOutput> standard_output(std::stop_token stop);

}  // namespace regtool::cli
