#include "settings.hpp"

namespace regtool {

constexpr std::array<Option, 10> transport_options{{
    {"connections", OptionType::integer, "16", "How many idle connections to keep open for each origin."},
    {"keep-alive", OptionType::duration, "60s", "How long an idle connection is kept for another request."},
    {"connect-timeout", OptionType::duration, "10s", "How long to wait for a connection, with TLS and proxy."},
    {"first-byte-timeout", OptionType::duration, "20s", "How long to wait for an answer once the request is sent."},
    {"idle-timeout", OptionType::duration, "20s", "How long to wait while no byte of a body moves."},
    {"ca", OptionType::path, "", "A PEM file of certificates to trust besides the system's."},
    {"client-cert", OptionType::path, "", "A PEM file with the certificate that says who we are."},
    {"client-key", OptionType::path, "", "A PEM file with its key, where that is not in the same file."},
    {"tls-verify", OptionType::boolean, "true", "Whether a server must prove that it is who it says."},
    {"proxy", OptionType::secret, "", "An http:// proxy for everything, or \"none\"; else the environment decides."},
}};

TransportSettings read_settings(const Config& config) {
  return {.connections = config.integer("connections"),
          .keep_alive = config.duration("keep-alive"),
          .connect_timeout = config.duration("connect-timeout"),
          .first_byte_timeout = config.duration("first-byte-timeout"),
          .idle_timeout = config.duration("idle-timeout"),
          .tls = {.ca = config.path("ca"),
                  .client_cert = config.path("client-cert"),
                  .client_key = config.path("client-key"),
                  .verify = config.boolean("tls-verify")},
          .proxy = config.text("proxy")};
}

}  // namespace regtool
