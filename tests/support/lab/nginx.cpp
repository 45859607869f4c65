#include "nginx.hpp"

#include "http_call.hpp"
#include "server_start.hpp"

#include <fmt/format.h>
#include <sstream>

namespace regtool::lab {
namespace {

constexpr const char* status = "/lab-status";

// Of this very server: another one may have taken the port in between, and nginx tries for seconds to have it all the
// same.
std::string probe_of(const TempDir& folder) { return "/ready-" + folder.path().filename().string(); }

std::string configuration(const NginxOptions& options, const TempDir& place, std::uint16_t port) {
  const std::string tls = options.tls ? fmt::format("ssl_certificate \"{}\"; ssl_certificate_key \"{}\";",
                                                    options.tls->certificate.string(), options.tls->key.string())
                                      : "";
  const std::string folder = place.path().string();
  return fmt::format(R"(daemon off;
master_process off;
pid "{0}/pid";
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  log_format lab "$request_method $status $body_bytes_sent $request_uri";
  access_log "{0}/access.log" lab;
  client_body_temp_path "{0}/body";
  proxy_temp_path "{0}/proxy";
  fastcgi_temp_path "{0}/fastcgi";
  uwsgi_temp_path "{0}/uwsgi";
  scgi_temp_path "{0}/scgi";
  client_max_body_size 0;
  sendfile on;
  server {{
    listen 127.0.0.1:{1}{2};
    {3}
    location = {4} {{ access_log off; return 204; }}
    location = {5} {{ access_log off; stub_status; }}
    {6}
  }}
}}
)",
                     folder, port, options.tls ? " ssl" : "", tls, probe_of(place), status, options.locations);
}

}  // namespace

std::string serve_folder(const std::string& prefix, const std::filesystem::path& folder, const std::string& more) {
  return fmt::format("location {} {{ alias \"{}/\"; {} }}\n", prefix, folder.string(), more);
}

std::string pass_to(const std::string& prefix, const std::string& url, const std::string& more) {
  // Without buffers in between, and with the host that the client named: the registry builds its Location headers from
  // it.
  return fmt::format(
      "location {} {{ proxy_pass {}; proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off; "
      "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme; "
      "proxy_set_header Connection \"\"; {} }}\n",
      prefix, url, more);
}

Nginx::Nginx(const NginxOptions& options, std::uint16_t port) : scheme_(options.tls ? "https" : "http"), port_(port) {
  write_file(folder_ / "nginx.conf", configuration(options, folder_, port));
  process_ = std::make_unique<Process>(Command{
      .words = {"nginx", "-e", "stderr", "-p", folder_.path().string(), "-c", (folder_ / "nginx.conf").string()}});
  await(*process_, "nginx", [&] { return http({.url = url() + probe_of(folder_)}).status == 204; });
}

Nginx::Nginx(const NginxOptions& options) : Nginx(options, free_port()) {}

std::vector<Served> Nginx::log() const {
  std::istringstream lines(read_file(folder_ / "access.log"));
  std::vector<Served> result;
  for (Served served; lines >> served.method >> served.status >> served.bytes >> served.target;) {
    result.push_back(served);
  }
  return result;
}

std::uint64_t Nginx::bytes_served(const std::string& part) const {
  // An answer is logged when it ends, and the end of a client that was killed is noticed at the next write to it. The
  // one request that may still be under way is the question itself.
  await(*process_, "the end of all answers of nginx",
        [this] { return http({.url = url() + status}).body.find("Writing: 1 ") != std::string::npos; });
  std::uint64_t sum = 0;
  for (const Served& served : log()) {
    if (served.method == "GET" && served.target.find(part) != std::string::npos) sum += served.bytes;
  }
  return sum;
}

}  // namespace regtool::lab
