#pragma once
// A transport with its settings and its context in one declaration, for the tests of this plugin.

#include "fake_context.hpp"
#include "http_client.hpp"
#include "transport-poco/poco_transport.hpp"

#include <memory>
#include <string>

namespace regtool {

struct PocoClient {
  // As the settings say; the environment names no proxy.
  explicit PocoClient(const TransportSettings& settings = {})
      : transport(make_poco_transport(settings, [](const std::string&) { return std::nullopt; }).value()) {}

  Answer get(const std::string& url) { return exchange(*transport, real.context(), Method::get, url); }

  // What sending to `url` fails with; a failure of the test if it does not.
  Error failure(const std::string& url) {
    const auto response = transport->send(real.context(), {.url = url});
    if (response) ADD_FAILURE() << url << ": status " << (*response)->status();
    return response ? Error{Errc::internal, "no failure"} : response.error();
  }

  RealContext real;
  std::unique_ptr<Transport> transport;
};

}  // namespace regtool
