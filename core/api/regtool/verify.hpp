#pragma once
// Integrity. Bytes become a blob only with a Verified, and only a Verification that saw every byte makes one:
// that is how verification is automatic and cannot be turned off.

#include <regtool/digest.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

// Computes one hash. Used by one thread at a time.
class Hasher {
 public:
  virtual ~Hasher() = default;

  virtual void update(std::span<const std::byte> data) noexcept = 0;

  // The hash of all bytes so far, as lower-case hex, and a fresh start. Errc::internal if the library failed on the
  // way.
  virtual Result<std::string> finish() noexcept = 0;
};

// Gives hashers by name. Thread-safe.
class Verifier {
 public:
  virtual ~Verifier() = default;

  // "sha256" always; "md5" for the etag of multipart uploads. Errc::unsupported for a name it does not know.
  virtual Result<std::unique_ptr<Hasher>> begin(std::string_view algorithm) noexcept = 0;
};

// Proof that every byte of a blob was checked. Only Verification::finish() makes one.
class Verified {
 public:
  const Descriptor& what() const noexcept { return what_; }

 private:
  friend class Verification;
  explicit Verified(Descriptor what) : what_(std::move(what)) {}
  Descriptor what_;
};

// Eats a blob's bytes once, in order. Used by one thread at a time.
class Verification {
 public:
  static Result<Verification> begin(Verifier& verifier, Descriptor expected);

  void update(std::span<const std::byte> data) noexcept;

  // Errc::corrupt, with expected and found, unless exactly the expected bytes went through. Call once.
  Result<Verified> finish();

 private:
  Verification(Descriptor expected, std::unique_ptr<Hasher> hasher)
      : expected_(std::move(expected)), hasher_(std::move(hasher)) {}
  Descriptor expected_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t seen_ = 0;
};

// The digest of bytes in memory.
Result<Digest> digest_of(Verifier& verifier, std::string_view bytes);

}  // namespace regtool
