#pragma once
// What Ollama's own client leaves of a pull that did not finish: "<blob>-partial", sparse, with one small file of JSON
// a part, "<blob>-partial-<N>"; or "<blob>.tmp", a plain prefix.

#include "staged_file.hpp"

#include <optional>
#include <string_view>

namespace regtool {

// The bytes that one part has. Nothing for JSON that is not such a part.
std::optional<Range> parse_ollama_part(std::string_view json);

// Moves the file into `slot`, which is fresh, with what it has. Leaves it, and the slot, as they are when there is
// none, or when Ollama has it open at this moment.
Result<> adopt_ollama_partial(const local::Path& blob, const Descriptor& what, StagedSlot& slot);

// Removes them, but for what Ollama has open.
void remove_ollama_partial(const local::Path& blob) noexcept;

}  // namespace regtool
