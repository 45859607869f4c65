#include "resolver.hpp"

#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>
#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace regtool {
namespace {

using Poco::Net::IPAddress;
using Addresses = std::vector<IPAddress>;

// Shared with the thread that asks, which may outlive whoever waits.
struct Lookup {
  std::mutex mutex;
  std::condition_variable_any done;
  std::optional<Result<Addresses>> answer;
};

Addresses alternate(const Addresses& found) {
  std::vector<IPAddress> v6, v4, mixed;
  for (const auto& address : found) (address.family() == IPAddress::IPv6 ? v6 : v4).push_back(address);
  for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
    if (i < v6.size()) mixed.push_back(v6[i]);
    if (i < v4.size()) mixed.push_back(v4[i]);
  }
  return mixed;
}

Result<Addresses> ask_system(const std::string& host) {
  try {
    auto addresses = alternate(Poco::Net::DNS::hostByName(host, Poco::Net::DNS::DNS_HINT_NONE).addresses());
    if (addresses.empty()) return fail(Errc::unavailable, "no address is known for this name");
    return addresses;
  } catch (const Poco::Net::HostNotFoundException&) {
    return fail(Errc::unavailable, "no such host");
  } catch (const Poco::Net::NoAddressFoundException&) {
    return fail(Errc::unavailable, "no address is known for this name");
  } catch (const std::exception&) {
    return fail(Errc::unavailable, "the name server does not answer");
  }
}

}  // namespace

Result<std::vector<IPAddress>> resolve(const Context& ctx, const std::string& host, const Deadline& deadline) {
  if (IPAddress literal; IPAddress::tryParse(host, literal)) return Addresses{literal};
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host] {
    auto answer = ask_system(host);
    const std::lock_guard lock(lookup->mutex);
    lookup->answer = std::move(answer);
    lookup->done.notify_all();
  }).detach();

  std::unique_lock lock(lookup->mutex);
  while (!lookup->answer) {
    REGTOOL_TRY_ASSIGN(const auto duration, next_wait(ctx, deadline));
    lookup->done.wait_for(lock, ctx.stop, duration, [&] { return lookup->answer.has_value(); });
  }
  return *lookup->answer;
}

}  // namespace regtool
