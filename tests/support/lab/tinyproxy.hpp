#pragma once
// An HTTP proxy (tinyproxy) on loopback.

#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace regtool::lab {

class Tinyproxy {
 public:
  // Asks for that user and password where one is given. Returns when it answers. Throws std::runtime_error.
  explicit Tinyproxy(const std::string& user = "", const std::string& password = "");

  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url() const { return "http://" + host(); }

  // Its log: one line a request among others.
  std::string log() const { return process_->out() + process_->err(); }

 private:
  TempDir folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace regtool::lab
