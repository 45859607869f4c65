#pragma once
// What goes wrong with which request. Rules are keyed to the request itself, so that a test says the same whatever the
// order in which parallel requests come in.

#include "http_handler.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace regtool {

// All that is given must hold.
struct RequestMatch {
  std::string method{};  // ""  is any
  std::string target{};  // a part of path and query; "" is any
  std::string range{};   // the value of Range or Content-Range; "" is any
  std::string origin{};  // of the server asked; "" is any

  bool operator()(const HttpRequest& request) const;
};

// Which of the matching requests. An attempt is one of the same method, path and range; the first is number 1.
struct Times {
  unsigned from = 1;
  unsigned to = std::numeric_limits<unsigned>::max();
  unsigned in_all = std::numeric_limits<unsigned>::max();  // hits, over all requests

  static Times always() { return {}; }
  static Times first_attempts(unsigned count) { return {.to = count}; }
  static Times attempt(unsigned number) { return {.from = number, .to = number}; }
  static Times once() { return {.in_all = 1}; }
  static Times only(unsigned hits) { return {.in_all = hits}; }
};

// Thread-safe.
class FaultPlan {
 public:
  // Answers instead of `real`, which it may call.
  using Action = std::function<HttpReply(const HttpRequest& request, const Handler& real)>;

  // The first rule that takes a request decides what becomes of it.
  void on(RequestMatch match, Times times, Action action);

  // The real answer, with these faults. With Faults::reads_only the request is not carried out: the answer is a 503.
  void on(RequestMatch match, Times times, Faults faults);

  // This answer; the request is not carried out.
  void on(RequestMatch match, Times times, HttpReply reply);

  // Forgets every rule.
  void clear();

  HttpReply answer(const HttpRequest& request, const Handler& real);

 private:
  struct Rule {
    RequestMatch match;
    Times times;
    Action action;
    unsigned hits = 0;
    std::map<std::string, unsigned> attempts;
  };

  Action choose(const HttpRequest& request);

  std::mutex mutex_;
  std::vector<Rule> rules_;
};

}  // namespace regtool
