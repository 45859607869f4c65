#include "auth-ssh-key/key_file.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  (void)parse_public_key(input);
  if (const auto file = parse_key_file(input)) (void)seed_of(*file);
}
