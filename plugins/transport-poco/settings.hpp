#pragma once
// The plugin's options, and what they say once they are read.

#include <regtool/config.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>

namespace regtool {

struct TlsSettings {
  std::filesystem::path ca{}, client_cert{}, client_key{};  // empty: none
  bool verify = true;
};

struct TransportSettings {
  std::size_t connections = 16;  // idle ones kept for each origin
  std::chrono::milliseconds keep_alive{60'000};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds first_byte_timeout{20'000};
  std::chrono::milliseconds idle_timeout{20'000};
  TlsSettings tls{};
  std::string proxy{};  // empty: as the environment says; "none"; or a URL
};

extern const std::array<Option, 10> transport_options;

TransportSettings read_settings(const Config& config);

}  // namespace regtool
