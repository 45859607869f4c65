#include "token_server.hpp"

#include "docker_registry.hpp"
#include "token_issuer.hpp"
#include "token_scope.hpp"
#include "token_signature.hpp"

#include <Poco/JSON/Object.h>
#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/URI.h>
#include <atomic>
#include <set>

namespace regtool::lab {
namespace {

namespace net = Poco::Net;

// What the query of a request asks for.
struct Question {
  std::string nonce, timestamp, service;
  std::vector<Scope> scopes;
};

Question parse_question(const std::string& target) {
  Question question;
  for (const auto& [name, value] : Poco::URI(target).getQueryParameters()) {
    if (name == "nonce") question.nonce = value;
    if (name == "ts") question.timestamp = value;
    if (name == "service") question.service = value;
    if (name == "scope") {
      const std::vector<Scope> more = parse_scopes(value);
      question.scopes.insert(question.scopes.end(), more.begin(), more.end());
    }
  }
  return question;
}

struct Decision {
  std::string subject;            // "" means refused
  std::set<std::string> allowed;  // actions
  std::string why;                // it was refused
};

const std::set<std::string> everything() { return {"pull", "push", "delete", "*"}; }

}  // namespace

struct TokenServer::State {
  explicit State(const TokenServerOptions& given)
      : options(given), issuer(given.signing_keys, DockerRegistry::issuer), signatures(given.authorized_keys) {}

  Decision decide(const net::HTTPServerRequest& request, const Question& question);
  void answer(const net::HTTPServerRequest& request, net::HTTPServerResponse& response);

  TokenServerOptions options;
  TokenIssuer issuer;
  SignatureCheck signatures;
  std::string public_origin;
  std::atomic<std::uint64_t> issued = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::unique_ptr<net::HTTPServer> server;
};

namespace {

using Answer = std::function<void(const net::HTTPServerRequest&, net::HTTPServerResponse&)>;

class Handler : public net::HTTPRequestHandler {
 public:
  explicit Handler(const Answer& answer) : answer_(answer) {}
  void handleRequest(net::HTTPServerRequest& request, net::HTTPServerResponse& response) override {
    answer_(request, response);
  }

 private:
  const Answer& answer_;
};

class Factory : public net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Answer answer) : answer_(std::move(answer)) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override { return new Handler(answer_); }

 private:
  Answer answer_;
};

void send_json(net::HTTPServerResponse& response, net::HTTPResponse::HTTPStatus status,
               const Poco::JSON::Object& content) {
  response.setStatusAndReason(status);
  response.setContentType("application/json");
  std::ostringstream text;
  content.stringify(text);
  const std::string body = text.str();
  response.sendBuffer(body.data(), body.size());
}

}  // namespace

Decision TokenServer::State::decide(const net::HTTPServerRequest& request, const Question& question) {
  if (!request.hasCredentials() && !request.has("Authorization")) {
    if (options.anonymous_pull) return {"anonymous", {"pull"}, {}};
    return {{}, {}, "anonymous access is not allowed here"};
  }
  const std::string authorization = request.get("Authorization");
  if (authorization.starts_with("Basic ")) {
    const net::HTTPBasicCredentials given(request);
    const auto account = options.accounts.find(given.getUsername());
    if (account == options.accounts.end() || account->second != given.getPassword()) {
      return {{}, {}, "the user or the password is wrong"};
    }
    return {account->first, everything(), {}};
  }
  const SignatureCheck::Answer answer =
      signatures.check({public_origin + request.getURI(), authorization, question.nonce, question.timestamp},
                       std::chrono::system_clock::now());
  if (!answer.accepted) return {{}, {}, answer.who_or_why};
  return {answer.who_or_why, everything(), {}};
}

void TokenServer::State::answer(const net::HTTPServerRequest& request, net::HTTPServerResponse& response) {
  Poco::JSON::Object content;
  if (Poco::URI(request.getURI()).getPath() != path) {
    content.set("error", "there is nothing here");
    return send_json(response, net::HTTPResponse::HTTP_NOT_FOUND, content);
  }
  const Question question = parse_question(request.getURI());
  const Decision decision = decide(request, question);
  if (decision.subject.empty()) {
    ++refused;
    content.set("error", decision.why);
    return send_json(response, net::HTTPResponse::HTTP_UNAUTHORIZED, content);
  }
  ++issued;
  content.set("token", issuer.issue(decision.subject, question.service, grant(question.scopes, decision.allowed),
                                    options.lifetime));
  content.set("expires_in", options.lifetime.count());
  send_json(response, net::HTTPResponse::HTTP_OK, content);
}

TokenServer::TokenServer(const TokenServerOptions& options) : state_(std::make_unique<State>(options)) {
  const net::ServerSocket socket(net::SocketAddress("127.0.0.1", 0));
  state_->public_origin =
      options.public_origin.empty() ? "http://" + socket.address().toString() : options.public_origin;
  State* state = state_.get();
  state_->server = std::make_unique<net::HTTPServer>(
      new Factory([state](const auto& request, auto& response) { state->answer(request, response); }), socket,
      new net::HTTPServerParams);
  state_->server->start();
}

TokenServer::~TokenServer() { state_->server->stopAll(true); }

std::string TokenServer::url() const { return "http://127.0.0.1:" + std::to_string(state_->server->port()); }
std::uint64_t TokenServer::issued() const noexcept { return state_->issued; }
std::uint64_t TokenServer::refused() const noexcept { return state_->refused; }

}  // namespace regtool::lab
