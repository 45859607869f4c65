#include "host/offer.hpp"

#include <utility>

namespace regtool {

std::string_view to_string(PluginKind kind) noexcept {
  switch (kind) {
    case PluginKind::transport:
      return "transport";
    case PluginKind::auth:
      return "auth";
    case PluginKind::verify:
      return "verify";
    case PluginKind::store:
      return "store";
    case PluginKind::migrate:
      return "migrate";
    case PluginKind::archive:
      return "archive";
  }
  return "";
}

std::string full_plugin_name(PluginKind kind, std::string_view name) {
  const auto prefix = std::string(to_string(kind)) + "-";
  return name.starts_with(prefix) ? std::string(name) : prefix + std::string(name);
}

template <class OfferOfKind, class Make>
void Offers::add(std::string_view name, std::span<const Option> options, Make make) {
  std::get<std::vector<OfferOfKind>>(offers_).push_back({std::string(name), options, std::move(make)});
}

void Offers::transport(std::string_view name, std::span<const Option> options,
                       Factory<std::unique_ptr<Transport>> make) {
  add<TransportOffer>(name, options, std::move(make));
}

void Offers::authenticator(std::string_view name, std::span<const Option> options,
                           Factory<std::unique_ptr<Authenticator>> make) {
  add<AuthOffer>(name, options, std::move(make));
}

void Offers::verifier(std::string_view name, std::span<const Option> options, Factory<std::unique_ptr<Verifier>> make) {
  add<VerifyOffer>(name, options, std::move(make));
}

void Offers::store(std::string_view name, std::span<const Option> options, StoreFactory make) {
  add<StoreOffer>(name, options, std::move(make));
}

void Offers::migration(std::string_view name, std::span<const Option> options,
                       Factory<std::unique_ptr<Migration>> make) {
  add<MigrateOffer>(name, options, std::move(make));
}

void Offers::archive(std::string_view name, std::span<const Option> options, Factory<std::unique_ptr<Archive>> make) {
  add<ArchiveOffer>(name, options, std::move(make));
}

std::vector<OfferSummary> Offers::summary() const {
  std::vector<OfferSummary> all;
  const auto append = [&all]<class OfferOfKind>(const std::vector<OfferOfKind>& offers) {
    for (const auto& offer : offers) all.push_back({kind_of<OfferOfKind>, offer.name, offer.options});
  };
  std::apply([&](const auto&... of_a_kind) { (append(of_a_kind), ...); }, offers_);
  return all;
}

}  // namespace regtool
