#pragma once
// What a plugin enrolled, by kind.

#include <regtool/plugin.hpp>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

namespace regtool {

enum class PluginKind : std::uint8_t { transport, auth, verify, store, migrate, archive };

inline constexpr PluginKind plugin_kinds[] = {PluginKind::transport, PluginKind::auth,    PluginKind::verify,
                                              PluginKind::store,     PluginKind::migrate, PluginKind::archive};

// "transport": how plugins of that kind begin their names, as in libregtool_transport-poco.so.
std::string_view to_string(PluginKind kind) noexcept;

// The name that a config gives a plugin of that kind in full: "transport-poco", whether it says so or just "poco".
std::string full_plugin_name(PluginKind kind, std::string_view name);

// Something that can be made from options. Lives as long as the PluginHost.
template <class Make>
struct Offer {
  std::string name;  // short: "poco"
  std::span<const Option> options;
  Make make;
};

using TransportOffer = Offer<Factory<std::unique_ptr<Transport>>>;
using AuthOffer = Offer<Factory<std::unique_ptr<Authenticator>>>;
using VerifyOffer = Offer<Factory<std::unique_ptr<Verifier>>>;
using StoreOffer = Offer<StoreFactory>;
using MigrateOffer = Offer<Factory<std::unique_ptr<Migration>>>;
using ArchiveOffer = Offer<Factory<std::unique_ptr<Archive>>>;

template <class OfferOfKind>
inline constexpr PluginKind kind_of = PluginKind::transport;
template <>
inline constexpr PluginKind kind_of<AuthOffer> = PluginKind::auth;
template <>
inline constexpr PluginKind kind_of<VerifyOffer> = PluginKind::verify;
template <>
inline constexpr PluginKind kind_of<StoreOffer> = PluginKind::store;
template <>
inline constexpr PluginKind kind_of<MigrateOffer> = PluginKind::migrate;
template <>
inline constexpr PluginKind kind_of<ArchiveOffer> = PluginKind::archive;

// An offer without what it makes: for display.
struct OfferSummary {
  PluginKind kind;
  std::string name;
  std::span<const Option> options;
};

// Collects what one plugin enrolls.
class Offers final : public Registrar {
 public:
  void transport(std::string_view name, std::span<const Option> options,
                 Factory<std::unique_ptr<Transport>> make) override;
  void authenticator(std::string_view name, std::span<const Option> options,
                     Factory<std::unique_ptr<Authenticator>> make) override;
  void verifier(std::string_view name, std::span<const Option> options,
                Factory<std::unique_ptr<Verifier>> make) override;
  void store(std::string_view name, std::span<const Option> options, StoreFactory make) override;
  void migration(std::string_view name, std::span<const Option> options,
                 Factory<std::unique_ptr<Migration>> make) override;
  void archive(std::string_view name, std::span<const Option> options, Factory<std::unique_ptr<Archive>> make) override;

  // Null when there is none.
  template <class OfferOfKind>
  const OfferOfKind* find(std::string_view name) const noexcept {
    for (const auto& offer : std::get<std::vector<OfferOfKind>>(offers_)) {
      if (offer.name == name) return &offer;
    }
    return nullptr;
  }

  std::vector<OfferSummary> summary() const;

 private:
  template <class OfferOfKind, class Make>
  void add(std::string_view name, std::span<const Option> options, Make make);

  std::tuple<std::vector<TransportOffer>, std::vector<AuthOffer>, std::vector<VerifyOffer>, std::vector<StoreOffer>,
             std::vector<MigrateOffer>, std::vector<ArchiveOffer>>
      offers_;
};

}  // namespace regtool
