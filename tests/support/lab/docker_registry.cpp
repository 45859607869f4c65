#include "docker_registry.hpp"

#include "http_call.hpp"
#include "server_start.hpp"

#include <fmt/format.h>

namespace regtool::lab {
namespace {

std::string auth_section(const DockerRegistryOptions& options, const TempDir& folder) {
  if (options.token) {
    return fmt::format("auth: {{token: {{realm: \"{}\", service: {}, issuer: {}, rootcertbundle: \"{}\"}}}}\n",
                       options.token->realm, DockerRegistry::service, DockerRegistry::issuer,
                       options.token->certificate.string());
  }
  if (options.account) {
    const std::string passwords =
        run_checked({.words = {"htpasswd", "-nbB", "-C", "4", options.account->user, options.account->password}});
    write_file(folder / "htpasswd", passwords);
    return fmt::format("auth: {{htpasswd: {{realm: lab, path: \"{}\"}}}}\n", (folder / "htpasswd").string());
  }
  return "";
}

std::string configuration(const DockerRegistryOptions& options, const TempDir& folder, std::uint16_t port) {
  const std::string tls = options.tls ? fmt::format(", tls: {{certificate: \"{}\", key: \"{}\"}}",
                                                    options.tls->certificate.string(), options.tls->key.string())
                                      : "";
  const std::string redirect =
      options.redirect_to.empty()
          ? ""
          : fmt::format("middleware: {{storage: [{{name: redirect, options: {{baseurl: \"{}/\"}}}}]}}\n",
                        options.redirect_to);
  return fmt::format(R"(version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: "{}"}}
  delete: {{enabled: true}}
  cache: {{blobdescriptor: inmemory}}
  maintenance: {{uploadpurging: {{enabled: false}}}}
http: {{addr: "127.0.0.1:{}", secret: not-a-secret{}}}
)",
                     (folder / "data").string(), port, tls) +
         auth_section(options, folder) + redirect;
}

}  // namespace

DockerRegistry::DockerRegistry(const DockerRegistryOptions& options) : scheme_(options.tls ? "https" : "http") {
  // The redirects to a CDN name files that are there only once the folder is.
  std::filesystem::create_directories(data());
  process_ = on_free_port([&](std::uint16_t port) {
    write_file(folder_ / "config.yml", configuration(options, folder_, port));
    auto process =
        std::make_unique<Process>(Command{.words = {"docker-registry", "serve", (folder_ / "config.yml").string()}});
    port_ = port;
    await(*process, "docker-registry", [&] {
      const int status = http({.url = url() + "/v2/"}).status;
      return status == 200 || status == 401;
    });
    return process;
  });
}

std::filesystem::path DockerRegistry::blob(const std::string& hex) const {
  return data() / "docker/registry/v2/blobs/sha256" / hex.substr(0, 2) / hex / "data";
}

}  // namespace regtool::lab
