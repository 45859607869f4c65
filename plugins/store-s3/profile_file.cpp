#include "profile_file.hpp"

#include "one_line.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <system_error>

namespace regtool {
namespace {

constexpr std::size_t max_file = 1 << 20;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r";
  const auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

// Nothing when there is no such file.
Result<std::optional<std::string>> content_of(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return fail(Errc::unauthenticated,
                fmt::format("open {}: {}", file.string(), std::system_category().message(errno)));
  }
  std::string text(max_file, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return fail(Errc::unauthenticated, fmt::format("{} cannot be read", file.string()));
  return text;
}

class ProfileCredentials final : public CredentialSource {
 public:
  ProfileCredentials(std::filesystem::path file, std::string profile, bool must_exist)
      : file_(std::move(file)), profile_(std::move(profile)), must_exist_(must_exist) {}

  Result<std::optional<S3Credentials>> load(const Context&) noexcept override {
    REGTOOL_TRY_ASSIGN(const auto text, content_of(file_));
    const auto section = text ? ini_section(*text, profile_) : std::nullopt;
    if (!section) {
      if (!must_exist_) return std::nullopt;
      return refuse(text ? "it has no such profile" : "there is no such file");
    }
    const auto value = [&](const char* name) {
      const auto found = section->find(name);
      return found == section->end() ? std::string() : found->second;
    };
    S3Credentials credentials{
        value("aws_access_key_id"), value("aws_secret_access_key"), value("aws_session_token"), {}};
    if (!credentials.access_key.empty() && !credentials.secret_key.empty()) return credentials;
    if (!must_exist_ && credentials.access_key.empty() && credentials.secret_key.empty()) return std::nullopt;
    return refuse(
        "it has no aws_access_key_id and aws_secret_access_key (roles, single sign-on and credential_process are not "
        "understood: let AWS's own tool write out session credentials)");
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const {
    return fail(Errc::unauthenticated, fmt::format("profile {} in {}: {}", one_line(profile_), file_.string(), why));
  }

  const std::filesystem::path file_;
  const std::string profile_;
  const bool must_exist_;
};

}  // namespace

std::optional<std::map<std::string, std::string>> ini_section(std::string_view text, std::string_view name) {
  std::optional<std::map<std::string, std::string>> found;
  bool inside = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto raw = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const auto close = line.find(']');
      inside = close != line.npos && trimmed(line.substr(1, close - 1)) == name;
      if (inside && !found) found.emplace();
      continue;
    }
    // What is indented belongs to the line before it: a nested setting, which no credential is.
    const auto equals = line.find('=');
    if (!inside || equals == line.npos || raw.front() == ' ' || raw.front() == '\t') continue;
    (*found)[lower_case(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
  }
  return found;
}

std::unique_ptr<CredentialSource> profile_credentials(std::filesystem::path file, std::string profile,
                                                      bool must_exist) {
  return std::make_unique<ProfileCredentials>(std::move(file), std::move(profile), must_exist);
}

}  // namespace regtool
