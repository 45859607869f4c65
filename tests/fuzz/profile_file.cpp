#include "store-s3/profile_file.hpp"

#include "fuzz.hpp"
#include "store-s3/remote_credentials.hpp"

// Whatever is in the file: names without space around them; and what a service gives out is never quoted.
void regtool::fuzz(std::string_view input) {
  if (const auto section = ini_section(input, "default")) {
    for (const auto& [name, value] : *section) {
      for (const auto& text : {name, value}) require(text.empty() || (text.front() != ' ' && text.back() != ' '));
    }
  }
  const auto credentials = parse_remote_credentials(input);
  if (!credentials) require(credentials.error().message.find("SecretAccessKey") == std::string::npos);
}
