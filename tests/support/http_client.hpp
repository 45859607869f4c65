#pragma once
// One exchange through a transport in one line, for tests: `const auto answer = exchange(transport, ctx, Method::get,
// url);`

#include <regtool/transport.hpp>

#include "fake_context.hpp"

#include <cstddef>
#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace regtool {

struct Answer {
  int status = 0;  // 0: there was none
  Headers headers{};
  std::string body{};

  std::string header(std::string_view name) const { return std::string(headers.get(name).value_or("")); }
};

// Sends and reads to the end. Adds a failure to the test where that does not work out.
inline Answer exchange(Transport& transport, const Context& ctx, Method method, const std::string& url,
                       const Headers& headers = {}, std::string body = {}) {
  const auto source = memory_source(std::move(body));
  const Request request{
      .method = method, .url = url, .headers = headers, .body = source->size() ? source.get() : nullptr};
  const auto response = transport.send(ctx, request);
  if (!response) {
    ADD_FAILURE() << to_string(method) << ' ' << url << ": " << response.error().message;
    return {};
  }
  auto text = read_all(**response, std::size_t{1} << 30);
  if (!text) ADD_FAILURE() << to_string(method) << ' ' << url << ": " << text.error().message;
  return {(*response)->status(), (*response)->headers(), text ? std::move(*text) : std::string()};
}

}  // namespace regtool
