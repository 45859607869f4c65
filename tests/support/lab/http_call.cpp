#include "http_call.hpp"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <Poco/URI.h>
#include <memory>

namespace regtool::lab {
namespace {

namespace net = Poco::Net;

std::unique_ptr<net::HTTPClientSession> connect(const Poco::URI& uri, const std::filesystem::path& ca) {
  if (uri.getScheme() != "https") return std::make_unique<net::HTTPClientSession>(uri.getHost(), uri.getPort());
  const auto verification = ca.empty() ? net::Context::VERIFY_NONE : net::Context::VERIFY_RELAXED;
  const net::Context::Ptr context = new net::Context(net::Context::TLS_CLIENT_USE, ca.string(), verification, 9, false);
  return std::make_unique<net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

HttpReply http(const HttpCall& call) {
  const Poco::URI uri(call.url);
  const auto session = connect(uri, call.ca);
  session->setTimeout(Poco::Timespan(20, 0));

  // The target is taken from the text, because Poco::URI would encode it anew.
  const std::size_t path = call.url.find('/', call.url.find("//") + 2);
  net::HTTPRequest request(call.method, path == std::string::npos ? "/" : call.url.substr(path), "HTTP/1.1");
  for (const auto& [name, value] : call.headers) request.set(name, value);
  request.setContentLength64(static_cast<Poco::Int64>(call.body.size()));
  session->sendRequest(request) << call.body;

  net::HTTPResponse response;
  std::istream& body = session->receiveResponse(response);
  HttpReply reply;
  reply.status = response.getStatus();
  for (const auto& [name, value] : response) reply.headers[Poco::toLower(name)] = value;
  Poco::StreamCopier::copyToString(body, reply.body);
  return reply;
}

}  // namespace regtool::lab
