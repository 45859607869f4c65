#include "transport-poco/poco_transport.hpp"
#include "transport_suite.hpp"

namespace regtool {
namespace {

std::unique_ptr<Transport> make(std::chrono::milliseconds patience) {
  TransportSettings settings;
  settings.connect_timeout = settings.first_byte_timeout = settings.idle_timeout = patience;
  return make_poco_transport(settings, [](const std::string&) { return std::nullopt; }).value();
}

INSTANTIATE_TEST_SUITE_P(Poco, TransportSuite, testing::Values(over_loopback(make)));
INSTANTIATE_TEST_SUITE_P(Poco, HttpTransportSuite, testing::Values(make));

}  // namespace
}  // namespace regtool
