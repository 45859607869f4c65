#include "host/setting_check.hpp"

#include "base/option_check.hpp"

namespace regtool {
namespace {

std::string resolved(const std::string& path, const std::filesystem::path& folder) {
  if (path.empty() || path.front() == '~' || folder.empty()) return path;
  return (folder / path).lexically_normal().string();
}

}  // namespace

tl::unexpected<Error> refuse(const Origin& at, const std::string& why) {
  return fail(Errc::invalid_argument, at.text() + ": " + why);
}

Result<Setting> to_setting(const ConfigNode& node) {
  switch (node.kind) {
    case ConfigNode::Kind::scalar:
      return Setting{node.text, node.origin, node.name_origin};
    case ConfigNode::Kind::object:
      return refuse(node.origin, "\"" + node.name + "\" is a value, not an object");
    case ConfigNode::Kind::list:
      break;
  }
  Setting joined{"", node.origin, node.name_origin, true};
  for (const auto& item : node.children) {
    if (item.kind != ConfigNode::Kind::scalar) return refuse(item.origin, "\"" + node.name + "\" is a list of texts");
    if (item.text.find(',') != std::string::npos) return refuse(item.origin, "an item of a list cannot have a comma");
    (joined.value += joined.value.empty() ? "" : ",") += item.text;
  }
  return joined;
}

Result<std::string> checked_value(const Option& option, const Setting& setting) {
  const auto name = std::string(option.name);
  if (setting.is_list && option.type != OptionType::list) return refuse(setting.origin, name + " is no list");
  if (setting.value.empty() && option.default_value.empty()) return setting.value;
  if (auto checked = check_option(option, setting.value); !checked)
    return refuse(setting.origin, name + ": " + checked.error().message);
  return option.type == OptionType::path ? resolved(setting.value, setting.origin.folder) : setting.value;
}

Result<Config> make_config(std::span<const Option> table, const SettingMap& given) {
  OptionValues values;
  for (const auto& [name, setting] : given) {
    const auto option = find_option(table, name);
    if (!option) return refuse(setting.name_origin, option.error().message);
    REGTOOL_TRY_ASSIGN(auto value, checked_value(**option, setting));
    values.emplace(name, std::move(value));
  }
  return Config::make(table, values);
}

}  // namespace regtool
