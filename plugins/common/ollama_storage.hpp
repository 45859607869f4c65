#pragma once
// A store in a folder laid out as Ollama's own: what the plugins for each platform enroll under their names.

#include <regtool/plugin.hpp>

#include <array>

namespace regtool {

inline constexpr std::array ollama_storage_options{
    Option{"root", OptionType::path, "~/.ollama/models",
           "The folder of models; $OLLAMA_MODELS goes before the config."},
};

// Errc::invalid_argument when the root is not a folder.
Result<Storage> make_ollama_storage(const Context& ctx, const Config& config, Host& host);

}  // namespace regtool
