#pragma once
// Who we are to the service, and where that is written down.

#include <regtool/context.hpp>
#include <regtool/transport.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace regtool {

struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::string token{};                                             // of a session; empty: none
  std::optional<std::chrono::system_clock::time_point> expires{};  // nothing: never
};

// One place where credentials may be. Thread-safe.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  // Nothing when there are none here. Errc::unauthenticated when there should be, and says what is wrong; a message
  // never holds a secret.
  virtual Result<std::optional<S3Credentials>> load(const Context& ctx) noexcept = 0;
};

// The value of an environment variable, where it is set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

// What is in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
std::unique_ptr<CredentialSource> environment_credentials(Environment environment);

// Keeps credentials until they are about to expire, or are not accepted any more. Thread-safe.
class CredentialCache {
 public:
  // Null: requests are not signed.
  explicit CredentialCache(std::unique_ptr<CredentialSource> source) : source_(std::move(source)) {}

  // Nothing for whoever is nobody. One thread loads, others wait for it.
  Result<std::optional<S3Credentials>> get(const Context& ctx);

  // `refused` is out of date: whoever asks next has them loaded anew. False when that would not help, for they do not
  // change by themselves.
  void forget(const S3Credentials& refused);

 private:
  const std::unique_ptr<CredentialSource> source_;
  std::mutex mutex_;
  std::optional<S3Credentials> kept_;
};

}  // namespace regtool
