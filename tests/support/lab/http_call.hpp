#pragma once
// Plain HTTP calls for tests that talk to real servers without regtool.

#include <filesystem>
#include <map>
#include <string>

namespace regtool::lab {

struct HttpCall {
  std::string method = "GET";
  std::string url;
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  std::filesystem::path ca = {};  // for https: the one authority that is trusted; empty: anybody
};

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;

  // "" when there is no such header; `name` in lower case.
  std::string header(const std::string& name) const;
};

// One exchange on a connection of its own. Follows no redirect. Throws what Poco throws when there is no answer.
HttpReply http(const HttpCall& call);

}  // namespace regtool::lab
