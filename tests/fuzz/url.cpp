#include <regtool/url.hpp>

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  const auto base = Url::parse("https://registry.test/v2/a/b?c=d");
  (void)base->resolve(input);
  const auto url = Url::parse(input);
  if (!url) return;
  require(url->text() == input);
  require(url->target().front() == '/');
  require(Url::parse(url->origin())->origin() == url->origin());
  (void)decode_query(*url);
  (void)url->resolve("../x");
}
