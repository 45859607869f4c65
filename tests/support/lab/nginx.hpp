#pragma once
// nginx on loopback: a CDN, a TLS front, or one origin in front of several servers.

#include "private_ca.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace regtool::lab {

struct NginxOptions {
  std::string locations;  // the inside of the server block: see serve_folder() and pass_to()
  std::optional<KeyPair> tls = std::nullopt;
};

// A location that serves the files of `folder` below the path `prefix`; `more` is further directives, such as
// "limit_rate 4m;".
std::string serve_folder(const std::string& prefix, const std::filesystem::path& folder, const std::string& more = "");

// A location that passes every request below `prefix` on, unchanged, to the server at `url`.
std::string pass_to(const std::string& prefix, const std::string& url, const std::string& more = "");

// One answered request.
struct Served {
  std::string method;
  int status = 0;
  std::uint64_t bytes = 0;  // of the body, as far as they went out
  std::string target;
};

class Nginx {
 public:
  // Returns when it answers. Throws std::runtime_error; NotStarted when `port` is taken.
  explicit Nginx(const NginxOptions& options);
  Nginx(const NginxOptions& options, std::uint16_t port);

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url() const { return scheme_ + "://" + host(); }

  // What it has answered so far, without the probes of its own start.
  std::vector<Served> log() const;

  // Bytes of the bodies of GET answers whose target contains `part`. Waits until no answer is under way.
  std::uint64_t bytes_served(const std::string& part) const;

 private:
  TempDir folder_;
  std::string scheme_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace regtool::lab
