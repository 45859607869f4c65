#include "settings.hpp"

#include "hashing.hpp"
#include "part_plan.hpp"
#include "profile_file.hpp"
#include "remote_credentials.hpp"

#include <fmt/format.h>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t smallest_part = 5 * mib;  // S3's limit
constexpr std::uint64_t most_uploads = 256;

std::string first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    if (auto value = environment(name); value && !value->empty()) return std::move(*value);
  }
  return {};
}

std::string or_else(const std::string& value, const std::string& otherwise) {
  return value.empty() ? otherwise : value;
}

Result<Addressing> read_addressing(const std::string& text) {
  if (text == "auto") return Addressing::automatic;
  if (text == "path") return Addressing::path;
  if (text == "virtual") return Addressing::virtual_host;
  return fail(Errc::invalid_argument, "addressing is auto, path or virtual, not \"" + text + "\"");
}

Result<std::filesystem::path> read_spool(const Config& config) {
  std::error_code error;
  auto folder = config.path("spool");
  if (folder.empty()) folder = std::filesystem::temp_directory_path(error);
  if (!error && std::filesystem::is_directory(folder, error)) return std::filesystem::absolute(folder, error);
  return fail(Errc::invalid_argument,
              "the spool " + folder.string() + " is no folder; set store.spool to one, for bytes under way");
}

Result<S3StoreOptions> read_store_options(const Config& config) {
  S3StoreOptions options{.keys = StoreKeys(config.text("prefix"))};
  options.part_size = (config.size("part-size") + mib - 1) / mib * mib;
  if (options.part_size < smallest_part || options.part_size > PartPlan::max_part) {
    return fail(Errc::invalid_argument, "part-size is from 5M to 5G, which are S3's own limits");
  }
  const auto uploads = config.integer("uploads");
  if (uploads < 1 || uploads > most_uploads) {
    return fail(Errc::invalid_argument, fmt::format("uploads is from 1 to {}", most_uploads));
  }
  options.uploads = static_cast<unsigned>(uploads);
  options.spool_size = config.size("spool-size");
  options.takeover_after = config.duration("takeover-after");
  REGTOOL_TRY_ASSIGN(options.spool, read_spool(config));
  return options;
}

std::unique_ptr<CredentialSource> profile_source(const Config& config, const Environment& environment,
                                                 bool must_exist) {
  const auto named = or_else(config.text("profile"), first_of(environment, {"AWS_PROFILE"}));
  auto file = config.path("credentials-file");
  if (file.empty())
    file = expand_home(or_else(first_of(environment, {"AWS_SHARED_CREDENTIALS_FILE"}), "~/.aws/credentials"));
  return profile_credentials(std::move(file), or_else(named, "default"), must_exist || !named.empty());
}

// The first of several that has some. A profile that somebody has named goes before the environment's keys.
class FirstOf final : public CredentialSource {
 public:
  explicit FirstOf(std::vector<std::unique_ptr<CredentialSource>> sources) : sources_(std::move(sources)) {}

  Result<std::optional<S3Credentials>> load(const Context& ctx) noexcept override {
    for (const auto& source : sources_) {
      REGTOOL_TRY_ASSIGN(auto credentials, source->load(ctx));
      if (credentials) return credentials;
    }
    return std::nullopt;
  }

 private:
  const std::vector<std::unique_ptr<CredentialSource>> sources_;
};

std::unique_ptr<CredentialSource> any_source(const Config& config, const Environment& environment,
                                             Transport& transport) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  const bool profile_first = !config.text("profile").empty();
  if (!profile_first) sources.push_back(environment_credentials(environment));
  sources.push_back(profile_source(config, environment, false));
  sources.push_back(container_credentials(environment, transport));
  return std::make_unique<FirstOf>(std::move(sources));
}

}  // namespace

constexpr std::array<Option, 14> s3_options{{
    {"bucket", OptionType::text, "", "The bucket; it must exist."},
    {"prefix", OptionType::text, "", "What the keys of this store begin with; a folder in the bucket."},
    {"endpoint", OptionType::text, "",
     "The service's URL; else $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, or AWS's own."},
    {"region", OptionType::text, "", "Else $AWS_REGION, $AWS_DEFAULT_REGION, or us-east-1."},
    {"addressing", OptionType::text, "auto", "Whether the bucket is in the path or in the host: auto, path, virtual."},
    {"credentials", OptionType::text, "auto",
     "Where from: auto, environment, profile, container, instance, anonymous."},
    {"profile", OptionType::text, "", "In the file of profiles; else $AWS_PROFILE, or default."},
    {"credentials-file", OptionType::path, "", "Else $AWS_SHARED_CREDENTIALS_FILE, or ~/.aws/credentials."},
    {"ca", OptionType::path, "", "A PEM file of certificates to trust for this service."},
    {"part-size", OptionType::size, "16M",
     "A larger blob is uploaded in parts of that size, or of more if it has to be."},
    {"uploads", OptionType::integer, "16", "How many requests upload at once."},
    {"spool", OptionType::path, "",
     "The folder for bytes that wait to be uploaded; else the system's for temporary files."},
    {"spool-size", OptionType::size, "256M", "How much may wait there; each blob under way may exceed it by one part."},
    {"takeover-after", OptionType::duration, "15m",
     "When an upload of another machine that does not move is taken over."},
}};

Result<S3Settings> read_settings(const Config& config, const Environment& environment) {
  const auto& bucket = config.text("bucket");
  if (bucket.empty()) return fail(Errc::invalid_argument, "which bucket? Set store.bucket");
  const auto region =
      or_else(config.text("region"), or_else(first_of(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"}), "us-east-1"));
  const auto endpoint =
      or_else(config.text("endpoint"), first_of(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}));
  REGTOOL_TRY_ASSIGN(const auto addressing, read_addressing(config.text("addressing")));
  REGTOOL_TRY_ASSIGN(auto address, BucketAddress::make(bucket, endpoint, region, addressing));
  REGTOOL_TRY_ASSIGN(auto store, read_store_options(config));
  REGTOOL_TRY_ASSIGN(const auto place,
                     sha256_hex(fmt::format("{}\n{}\n{}", address.origin(), bucket, store.keys.blobs())));
  store.lock_names = place.substr(0, 12);
  return S3Settings{{bucket, region, std::move(address)}, std::move(store), config.path("ca")};
}

Result<std::unique_ptr<CredentialCache>> read_credentials(const Config& config, const Environment& environment,
                                                          Transport& transport) {
  const auto& from = config.text("credentials");
  std::unique_ptr<CredentialSource> source;
  if (from == "auto") {
    source = any_source(config, environment, transport);
  } else if (from == "environment") {
    source = environment_credentials(environment);
  } else if (from == "profile") {
    source = profile_source(config, environment, true);
  } else if (from == "container") {
    source = container_credentials(environment, transport);
  } else if (from == "instance") {
    source = instance_credentials(environment, transport);
  } else if (from != "anonymous") {
    return fail(Errc::invalid_argument,
                "credentials is auto, environment, profile, container, instance or anonymous, not \"" + from + "\"");
  }
  return std::make_unique<CredentialCache>(std::move(source));
}

}  // namespace regtool
