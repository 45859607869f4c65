#pragma once
// From what the user wrote to values that an option table accepts. Every error begins with the position.

#include <regtool/config.hpp>

#include "host/settings.hpp"

namespace regtool {

// An Errc::invalid_argument that begins with the position.
[[nodiscard]] tl::unexpected<Error> refuse(const Origin& at, const std::string& why);

// Scalars as they are, lists of scalars joined by commas.
Result<Setting> to_setting(const ConfigNode& node);

// The value, checked; a relative path is made relative to where it was written.
Result<std::string> checked_value(const Option& option, const Setting& setting);

// The options of a plugin, checked against its table and complete.
Result<Config> make_config(std::span<const Option> table, const SettingMap& given);

}  // namespace regtool
