#include "tinyproxy.hpp"

#include "http_call.hpp"
#include "server_start.hpp"

#include <fmt/format.h>

namespace regtool::lab {

Tinyproxy::Tinyproxy(const std::string& user, const std::string& password) {
  process_ = on_free_port([&](std::uint16_t port) {
    port_ = port;
    const std::string access = user.empty() ? "" : fmt::format("BasicAuth {} {}\n", user, password);
    write_file(
        folder_ / "tinyproxy.conf",
        fmt::format("Port {}\nListen 127.0.0.1\nTimeout 60\nMaxClients 200\nLogLevel Connect\n{}", port, access));
    auto process =
        std::make_unique<Process>(Command{.words = {"tinyproxy", "-d", "-c", (folder_ / "tinyproxy.conf").string()}});
    // It answers a request that is not for a proxy, too, with an error page of its own.
    await(*process, "tinyproxy", [&] { return http({.url = url() + "/"}).status != 0; });
    return process;
  });
}

}  // namespace regtool::lab
