#include "transport-poco/no_proxy.hpp"

#include <gtest/gtest.h>
#include <ostream>

namespace regtool {
namespace {

struct Case {
  const char* no_proxy;
  const char* host;
  std::uint16_t port;
  bool bypasses;
};

std::ostream& operator<<(std::ostream& out, const Case& value) {
  return out << '"' << value.no_proxy << "\" for " << value.host << ':' << value.port;
}

class NoProxy : public testing::TestWithParam<Case> {};

TEST_P(NoProxy, is_read_as_users_expect) {
  EXPECT_EQ(bypasses_proxy(GetParam().no_proxy, GetParam().host, GetParam().port), GetParam().bypasses) << GetParam();
}

constexpr Case cases[] = {
    {"", "example.com", 443, false},
    {",, ,", "example.com", 443, false},
    {"*", "example.com", 443, true},
    {"other,*", "10.0.0.1", 80, true},
    // Names: the host and what is below it.
    {"example.com", "example.com", 443, true},
    {"example.com", "cdn.example.com", 443, true},
    {"EXAMPLE.com", "example.com", 443, true},
    {"example.com", "notexample.com", 443, false},
    {"example.com", "com", 443, false},
    {"a, example.com\tb", "example.com", 443, true},
    // A leading dot: only what is below.
    {".example.com", "cdn.example.com", 443, true},
    {".example.com", "example.com", 443, false},
    {"*.example.com", "cdn.example.com", 443, true},
    {"*.example.com", "example.com", 443, false},
    // Ports.
    {"example.com:8080", "example.com", 8080, true},
    {"example.com:8080", "example.com", 443, false},
    {"[::1]:5000", "::1", 5000, true},
    {"[::1]:5000", "::1", 5001, false},
    {"127.0.0.1:5000", "127.0.0.1", 5000, true},
    {"127.0.0.1:5000", "127.0.0.1", 80, false},
    // Addresses and networks.
    {"10.1.2.3", "10.1.2.3", 443, true},
    {"10.1.2.3", "110.1.2.3", 443, false},
    {"1.2.3", "10.1.2.3", 443, false},
    {"0:0:0:0:0:0:0:1", "::1", 443, true},
    {"10.0.0.0/8", "10.200.3.4", 443, true},
    {"10.0.0.0/8", "11.0.0.1", 443, false},
    {"10.1.2.3/8", "10.9.9.9", 443, true},
    {"10.0.0.0/33", "10.0.0.1", 443, false},
    {"10.0.0.0/", "10.0.0.1", 443, false},
    {"0.0.0.0/0", "8.8.8.8", 443, true},
    {"fd00::/8", "fd12::1", 443, true},
    {"fd00::/8", "10.0.0.1", 443, false},
    {"10.0.0.0/8", "example.com", 443, false},
    // Loopback is a host like any other.
    {"example.com", "localhost", 5000, false},
    {"example.com", "127.0.0.1", 5000, false},
    {"[", "example.com", 443, false},
};
INSTANTIATE_TEST_SUITE_P(Table, NoProxy, testing::ValuesIn(cases));

}  // namespace
}  // namespace regtool
