#include "fuzz.hpp"
#include "host/config_file.hpp"

void regtool::fuzz(std::string_view input) {
  const auto tree = parse_config(input, {});
  if (!tree) require(tree.error().message.find('\n') == std::string::npos);
}
