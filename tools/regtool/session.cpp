#include "session.hpp"

#include "host/assembly.hpp"
#include "terminal/terminal.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace regtool::cli {
namespace {

bool is_set(const char* variable) noexcept {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

MessageStyle message_style(const GlobalOptions& options) {
  return {.quiet = options.quiet,
          .debug = options.verbose > 0,
          .json = options.progress == ProgressStyle::json,
          .colour = !is_set("NO_COLOR") && is_terminal(Stream::errors)};
}

ConfigRequest config_request(const GlobalOptions& options) {
  ConfigRequest request;
  if (!options.config.empty()) request.file = options.config;
  if (!options.plugin_path.empty()) {
    request.assignments.push_back(
        {fmt::format("plugin-path={}", fmt::join(options.plugin_path, ",")), "--plugin-path"});
  }
  request.store = options.store;
  for (const auto& assignment : options.set) request.assignments.push_back({assignment, "--set"});
  return request;
}

}  // namespace

Session::Session(GlobalOptions options, Screen& screen, std::stop_token stop)
    : options_(std::move(options)),
      screen_(screen),
      stop_(std::move(stop)),
      console_(screen, message_style(options_), stop_),
      request_(cli::config_request(options_)) {}

Session::~Session() = default;

Result<> Session::print(std::string_view text) {
  auto written = write_to(Stream::output, std::string(text) + '\n');
  if (!written && written.error().code == Errc::unavailable) return {};
  return written;
}

void Session::use(const RegistryFlags& flags) {
  request_.insecure = flags.insecure;
  request_.tls_no_verify = flags.tls_no_verify;
  if (flags.connections) {
    request_.assignments.push_back({"transport.connections=" + std::to_string(*flags.connections), "--connections"});
  }
  if (!flags.limit_rate.empty()) {
    request_.assignments.push_back({"transfer.limit-rate=" + flags.limit_rate, "--limit-rate"});
  }
}

Result<Assembly*> Session::assembly() {
  if (!assembly_) {
    REGTOOL_TRY_ASSIGN(auto settings, load_settings(process_environment(), request_));
    assembly_ = std::make_unique<Assembly>(std::move(settings));
  }
  return assembly_.get();
}

Result<Toolkit> Session::toolkit(ProgressBoard& board, std::string_view store) {
  REGTOOL_TRY_ASSIGN(auto* objects, assembly());
  REGTOOL_TRY_ASSIGN(auto* storage, objects->migrated_storage(context(), store));
  REGTOOL_TRY_ASSIGN(auto* verifier, objects->verifier(context()));
  return Toolkit{*storage->blobs, *storage->refs, *verifier, objects->settings().transfer, board};
}

std::unique_ptr<ProgressRenderer> Session::make_renderer() {
  auto style = options_.progress;
  if (options_.quiet) style = ProgressStyle::none;
  if (style == ProgressStyle::automatic) style = can_draw() ? ProgressStyle::bar : ProgressStyle::plain;
  switch (style) {
    case ProgressStyle::automatic:
    case ProgressStyle::none:
      return nullptr;
    case ProgressStyle::plain:
      return plain_renderer(screen_);
    case ProgressStyle::json:
      return json_renderer(screen_);
    case ProgressStyle::bar:
      break;
  }
  return bar_renderer(screen_, [unicode = has_unicode()]() -> std::optional<BarStyle> {
    if (!in_foreground()) return std::nullopt;
    return BarStyle{terminal_size(), unicode};
  });
}

}  // namespace regtool::cli
