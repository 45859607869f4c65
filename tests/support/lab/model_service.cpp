#include "model_service.hpp"

#include "server_start.hpp"

#include <fmt/format.h>
#include <fstream>

namespace regtool::lab {

ModelService::ModelService(const ModelServiceOptions& options)
    : signing_keys_(make_self_signed(folder_.path(), "tokens", KeyType::rsa2048)) {
  register_key("# who may push and pull");
  // The registry and the token server have to know the address of the front, which starts last.
  on_free_port([&](std::uint16_t port) {
    start(options, port);
    return true;
  });
}

void ModelService::start(const ModelServiceOptions& options, std::uint16_t port) {
  const std::string origin = fmt::format("{}://127.0.0.1:{}", options.tls ? "https" : "http", port);
  const std::filesystem::path blobs = folder_ / "blobs";
  cdn_ = std::make_unique<Nginx>(NginxOptions{
      .locations = serve_folder("/", blobs, options.rate.empty() ? "" : "limit_rate " + options.rate + ";")});
  tokens_ = std::make_unique<TokenServer>(TokenServerOptions{.signing_keys = signing_keys_,
                                                             .public_origin = origin,
                                                             .authorized_keys = folder_ / "authorized_keys",
                                                             .accounts = options.accounts});
  registry_ = std::make_unique<DockerRegistry>(DockerRegistryOptions{
      .token = DockerRegistryOptions::TokenAuth{origin + TokenServer::path, signing_keys_.certificate},
      .redirect_to = cdn_->url()});
  std::filesystem::remove(blobs);
  std::filesystem::create_directory_symlink(registry_->data(), blobs);
  front_ =
      std::make_unique<Nginx>(NginxOptions{.locations = pass_to(std::string("= ") + TokenServer::path, tokens_->url()) +
                                                        pass_to("/", registry_->url()),
                                           .tls = options.tls},
                              port);
}

void ModelService::register_key(const std::string& public_key) const {
  std::ofstream(folder_ / "authorized_keys", std::ios::app) << public_key << '\n';
}

}  // namespace regtool::lab
