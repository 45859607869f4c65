#include "no_proxy.hpp"

#include <Poco/Net/IPAddress.h>
#include <Poco/String.h>
#include <charconv>
#include <optional>
#include <string>

namespace regtool {
namespace {

using Poco::Net::IPAddress;

std::optional<unsigned> to_number(std::string_view text) {
  unsigned number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<IPAddress> to_address(std::string_view text) {
  IPAddress address;
  return IPAddress::tryParse(std::string(text), address) ? std::optional(address) : std::nullopt;
}

bool in_network(std::string_view network, std::string_view host) {
  const auto slash = network.find('/');
  const auto base = to_address(network.substr(0, slash));
  const auto bits = to_number(network.substr(slash + 1));
  const auto address = to_address(host);
  if (!base || !bits || !address || base->family() != address->family()) return false;
  if (*bits > static_cast<unsigned>(base->length()) * 8) return false;
  const IPAddress mask(*bits, base->family());
  return (*address & mask) == (*base & mask);
}

// Splits a port off "host:port" and "[v6]:port"; brackets go. An IPv6 address without brackets has no port.
std::pair<std::string_view, std::optional<unsigned>> split_port(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto close = entry.find(']');
    if (close == entry.npos) return {entry, std::nullopt};
    const auto rest = entry.substr(close + 1);
    return {entry.substr(1, close - 1), rest.starts_with(':') ? to_number(rest.substr(1)) : std::nullopt};
  }
  const auto colon = entry.find(':');
  if (colon == entry.npos || entry.find(':', colon + 1) != entry.npos) return {entry, std::nullopt};
  return {entry.substr(0, colon), to_number(entry.substr(colon + 1))};
}

bool covers(std::string_view entry, std::string_view host, std::uint16_t port) {
  if (entry == "*") return true;
  if (entry.find('/') != entry.npos) return in_network(entry, host);
  auto [name, only_port] = split_port(entry);
  if (only_port && *only_port != port) return false;
  if (const auto address = to_address(name)) return address == to_address(host);
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (name.starts_with('.')) return host.size() > name.size() && host.ends_with(name);
  if (!host.ends_with(name) || name.empty()) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

}  // namespace

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  constexpr std::string_view separators = ", \t";
  const auto list = Poco::toLower(std::string(no_proxy));
  for (auto rest = std::string_view(list); !rest.empty();) {
    const auto entry = rest.substr(0, rest.find_first_of(separators));
    if (!entry.empty() && covers(entry, host, port)) return true;
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  return false;
}

}  // namespace regtool
