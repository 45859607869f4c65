#pragma once
// What core/api/regtool/transport.hpp promises, as tests. TransportSuite runs over any Transport, HttpTransportSuite
// over those that speak HTTP on sockets. A plugin's tests link transport_suite_dep and http_transport_suite_dep, and
// say:
//
//   std::unique_ptr<Transport> make(std::chrono::milliseconds patience);  // for connecting, first byte and idling
//
//   INSTANTIATE_TEST_SUITE_P(Poco, TransportSuite, testing::Values(over_loopback(make)));
//   INSTANTIATE_TEST_SUITE_P(Poco, HttpTransportSuite, testing::Values(make));

#include <regtool/transport.hpp>

#include "fake_context.hpp"
#include "http_client.hpp"
#include "http_handler.hpp"
#include "loopback_server.hpp"

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace regtool {

// A transport, and the servers that it can reach.
class TransportBench {
 public:
  virtual ~TransportBench() = default;

  virtual Transport& transport() = 0;

  // Starts a server, which lasts as long as the bench; returns its URL, without a slash at the end.
  virtual std::string serve(Handler handler) = 0;

  // A URL of the same kind where nobody serves.
  virtual std::string refusing_url() = 0;
};

// Makes a bench whose transport gives up where nothing happens for `patience`.
using MakeBench = std::function<std::unique_ptr<TransportBench>(std::chrono::milliseconds patience)>;
using MakeTransport = std::function<std::unique_ptr<Transport>(std::chrono::milliseconds patience)>;

// For GoogleTest, which would show the bytes of the function object.
inline void PrintTo(const MakeBench&, std::ostream* out) { *out << "a bench"; }
inline void PrintTo(const MakeTransport&, std::ostream* out) { *out << "a transport"; }

MakeBench over_loopback(MakeTransport make);  // real servers, on 127.0.0.1
MakeBench in_memory();                        // MemoryTransport

// Long enough never to be used up by a test that does not wait for it, however busy the machine.
constexpr std::chrono::seconds patient{120};
// For tests that wait until it is used up.
constexpr std::chrono::milliseconds impatient{300};

// A URL with a query that must not be seen in messages.
constexpr const char* secret_query = "?X-Signature=hush";

// What went wrong, from the sending to the last byte; nothing if nothing did.
std::optional<Error> failure_of(Transport& transport, const Context& ctx, const Request& request);

class TransportSuite : public testing::TestWithParam<MakeBench> {
 protected:
  // Makes the bench anew, with a transport that soon gives up.
  void be_impatient() { bench_ = GetParam()(impatient); }

  TransportBench& bench() {
    if (!bench_) bench_ = GetParam()(patient);
    return *bench_;
  }

  std::string serve(Handler handler) { return bench().serve(std::move(handler)); }
  std::string serve(HttpReply reply) {
    return serve([reply](const HttpRequest&) { return reply; });
  }

  Answer get(const std::string& url) { return exchange(bench().transport(), context(), Method::get, url); }
  std::optional<Error> failure(const Request& request) { return failure_of(bench().transport(), context(), request); }
  std::optional<Error> failure(const std::string& url) { return failure(Request{.url = url + secret_query}); }

  Context context() { return real_.context(); }
  void stop() { real_.stop(); }

 private:
  RealContext real_;
  std::unique_ptr<TransportBench> bench_;
};

class HttpTransportSuite : public testing::TestWithParam<MakeTransport> {
 protected:
  Transport& transport() {
    if (!transport_) transport_ = GetParam()(patient);
    return *transport_;
  }

  Answer get(const std::string& url) { return exchange(transport(), context(), Method::get, url); }
  std::optional<Error> failure(const std::string& url) {
    return failure_of(transport(), context(), Request{.url = url + secret_query});
  }
  Context context() { return real_.context(); }
  void stop() { real_.stop(); }

 private:
  RealContext real_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace regtool
