#include <regtool/reference.hpp>

#include "fuzz.hpp"

// What is shown can be typed again, and no part climbs out of a folder.
void regtool::fuzz(std::string_view input) {
  const auto name = Reference::parse(input);
  if (!name) return require(name.error().message.find('\n') == std::string::npos);
  const auto again = Reference::parse(name->display());
  require(again && again->same_name(*name));
  for (const auto* part : {&name->host(), &name->repository(), &name->tag()}) {
    require(!part->empty() && part->find("..") == std::string::npos && part->front() != '/');
  }
}
