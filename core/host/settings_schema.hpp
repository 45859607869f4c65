#pragma once
// Every key of the configuration that is core's own, declared once. A plugin's options are in its own table.

#include <regtool/config.hpp>

namespace regtool {

inline constexpr Option top_options[] = {
    {"plugin-path", OptionType::list, "", "Folders with plugins; an earlier one wins."},
};

// Beside "plugin" and the plugin's own options. A plugin with an option of the same name is given it as well.
inline constexpr Option transport_options[] = {
    {"connections", OptionType::integer, "16",
     "How many blob transfers may run at once, over all blobs and registries."},
};

inline constexpr Option transfer_options[] = {
    {"first-connections", OptionType::integer, "4",
     "How many of transport.connections a pull opens at first; it opens more while that raises the total."},
    {"checks", OptionType::integer, "128", "How many blobs are asked for at once, before any is uploaded."},
    {"uploads", OptionType::integer, "32", "How many small blobs are uploaded at once."},
    {"upload-part", OptionType::size, "100M",
     "Larger blobs are uploaded in parts of at least this size, which can be resumed."},
    {"limit-rate", OptionType::text, "unlimited",
     "Bytes per second that all transfers together may move: a rate such as 500K or 2MB, or rates by the hour."},
    {"tries", OptionType::integer, "6", "How often a request is tried without any progress."},
    {"backoff-min", OptionType::duration, "250ms", "The pause before the first repetition; it doubles from there."},
    {"backoff-max", OptionType::duration, "15s", "The longest pause between two tries."},
    {"patience", OptionType::duration, "40s", "How long all tries together may go on without any progress."},
    {"redirects", OptionType::integer, "10", "How many redirects are followed."},
    {"prune", OptionType::boolean, "true", "Remove blobs that nothing needs any more once a tag has moved on."},
};

inline constexpr Option registry_options[] = {
    {"insecure", OptionType::boolean, "false", "Speak plain HTTP with this registry."},
    {"path-prefix", OptionType::text, "", "Goes before every repository's name, as proxies of registries want it."},
    {"mirrors", OptionType::list, "", "URLs of registries to pull from first, in this order."},
    {"trusted-realms", OptionType::list, "",
     "URLs of token servers that may see a credential, besides the registry's."},
    {"ca", OptionType::path, "", "A file of certificates to trust, instead of the transport section's."},
    {"client-cert", OptionType::path, "", "The certificate to show, instead of the transport section's."},
    {"client-key", OptionType::path, "", "The key of that certificate."},
    {"tls-verify", OptionType::boolean, "", "Whether to check certificates, instead of the transport section's."},
};

// Those of registry_options that are handed on to the transport plugin, as options of the same name.
inline constexpr std::string_view registry_transport_options[] = {"ca", "client-cert", "client-key", "tls-verify"};

struct SchemaSection {
  std::string_view name;  // "" is the top
  std::span<const Option> options;
  std::string_view help;
};

inline constexpr SchemaSection schema[] = {
    {"", top_options, ""},
    {"store", {}, "Where models are kept."},
    {"stores", {}, "By a name of your own: more stores, for `cp --to-store`, `migrate --to-store` and `--store`."},
    {"transport", transport_options, "How HTTP is spoken."},
    {"verify", {}, "What computes digests."},
    {"archive", {}, "What one-file bundles are made with."},
    {"migrations", {}, "A list: what brings an older store up to date when it is opened."},
    {"transfer", transfer_options, "How much at once, and how patiently."},
    {"registries", registry_options, "By host, or host:port, or \"*\" for all others: how each is reached."},
};

}  // namespace regtool
