#pragma once
// What a plugin exports. A plugin is a shared library with one symbol, `regtool_plugin`, that REGTOOL_PLUGIN defines.
// docs/writing-a-plugin.md leads from an empty folder to a working one.

#include <regtool/archive.hpp>
#include <regtool/auth.hpp>
#include <regtool/config.hpp>
#include <regtool/leftovers.hpp>
#include <regtool/migration.hpp>
#include <regtool/refs.hpp>
#include <regtool/store.hpp>
#include <regtool/transport.hpp>
#include <regtool/verify.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace regtool {

inline constexpr std::uint32_t plugin_magic = 0x4c544752;  // "RGTL"
inline constexpr std::uint32_t plugin_abi = 3;             // one more with every change to these headers

// Compiler, standard library and switches that must be the same on both sides for C++ objects to be passed across.
#define REGTOOL_STRING_(x) #x
#define REGTOOL_STRING(x) REGTOOL_STRING_(x)
#if defined(_MSC_VER)
inline constexpr const char* plugin_toolchain =
    "msvc-" REGTOOL_STRING(_MSC_VER) "-idl" REGTOOL_STRING(_ITERATOR_DEBUG_LEVEL);
#elif defined(_LIBCPP_VERSION)
inline constexpr const char* plugin_toolchain = "libc++-abi" REGTOOL_STRING(_LIBCPP_ABI_VERSION);
#else
inline constexpr const char* plugin_toolchain = "libstdc++-cxx11abi" REGTOOL_STRING(_GLIBCXX_USE_CXX11_ABI);
#endif

// Where a store plugin keeps things: blobs, and the names that point into them.
struct Storage {
  std::shared_ptr<Store> blobs;
  std::shared_ptr<Refs> refs;
  std::optional<std::filesystem::path> root;  // the local folder that migrations apply to, where there is one
  std::shared_ptr<Leftovers> leftovers;       // null where nothing can be left over
};

// Makes an object from its options. Called once for each place in the config that names the plugin.
template <class T>
using Factory = std::function<Result<T>(const Context& ctx, const Config& config)>;

// What the host lends to a store. For the factory, and on its thread; what it gives outlives the store.
class Host {
 public:
  virtual ~Host() = default;

  // The transport that the config names, with `options` in place of its own of the same names: "ca", "client-cert",
  // "client-key" and "tls-verify". It repeats a request whose failure may pass (no answer, 408, 429 and 5xx), as the
  // config says. Errc::invalid_argument for an option that the transport does not have.
  virtual Result<Transport*> transport(const Context& ctx, const OptionValues& options) noexcept = 0;

  // The verifier that the config names: for a store that names things by their digest.
  virtual Result<Verifier*> verifier(const Context& ctx) noexcept = 0;
};

using StoreFactory = std::function<Result<Storage>(const Context& ctx, const Config& config, Host& host)>;

// What a plugin may offer. `name` is what the config says after "plugin":. The table lives as long as the plugin.
class Registrar {
 public:
  virtual ~Registrar() = default;
  virtual void transport(std::string_view name, std::span<const Option> options,
                         Factory<std::unique_ptr<Transport>> make) = 0;
  virtual void authenticator(std::string_view name, std::span<const Option> options,
                             Factory<std::unique_ptr<Authenticator>> make) = 0;
  virtual void verifier(std::string_view name, std::span<const Option> options,
                        Factory<std::unique_ptr<Verifier>> make) = 0;
  virtual void store(std::string_view name, std::span<const Option> options, StoreFactory make) = 0;
  virtual void migration(std::string_view name, std::span<const Option> options,
                         Factory<std::unique_ptr<Migration>> make) = 0;
  virtual void archive(std::string_view name, std::span<const Option> options,
                       Factory<std::unique_ptr<Archive>> make) = 0;
};

// The one exported object. The first three members never change place: they are read before anything else is trusted.
struct PluginDescriptor {
  std::uint32_t magic;
  std::uint32_t abi;
  const char* toolchain;
  const char* name;  // as in libregtool_<name>.so
  const char* version;
  void (*enroll)(Registrar& registrar);
};

}  // namespace regtool

#if defined(_WIN32)
#define REGTOOL_PLUGIN_EXPORT __declspec(dllexport)
#else
#define REGTOOL_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

// In one source file of a plugin, at namespace scope: REGTOOL_PLUGIN("auth-example", "1.0", enroll)
#define REGTOOL_PLUGIN(name, version, enroll)                                                          \
  extern "C" REGTOOL_PLUGIN_EXPORT const ::regtool::PluginDescriptor regtool_plugin;                   \
  const ::regtool::PluginDescriptor regtool_plugin {                                                   \
    ::regtool::plugin_magic, ::regtool::plugin_abi, ::regtool::plugin_toolchain, name, version, enroll \
  }
