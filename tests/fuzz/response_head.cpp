#include "transport-poco/response_head.hpp"

#include "fuzz.hpp"

void regtool::fuzz(std::string_view input) {
  const auto head = parse_response_head(input);
  if (!head) return;
  require(head->status >= 100 && head->status <= 999);
  (void)lists_token(head->headers, "Transfer-Encoding", "chunked");
}
