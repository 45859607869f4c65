#pragma once
// Integrity. Bytes become a blob only with a Verified, and only a Verification that saw every byte makes one:
// that is how verification is automatic and cannot be turned off.

#include <regtool/digest.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace regtool {

// Where a SHA-256 stands after some bytes, for another process to go on from. Between two blocks that is all there is
// to know of it (FIPS 180-4, section 6.2), whatever computes it.
struct HashState {
  std::uint64_t bytes = 0;  // hashed so far: a multiple of 64
  std::string value{};      // the eight words of the hash value as 64 lower-case hex digits; empty at 0 bytes

  bool operator==(const HashState&) const = default;
};

// Computes one hash. Used by one thread at a time.
class Hasher {
 public:
  virtual ~Hasher() = default;

  virtual void update(std::span<const std::byte> data) noexcept = 0;

  // The hash of all bytes so far, as lower-case hex, and a fresh start. Errc::internal if the library failed on the
  // way.
  virtual Result<std::string> finish() noexcept = 0;

  // Where the hash stands. Nothing in the middle of a block, or from a hasher that Verifier::resume() did not make.
  virtual std::optional<HashState> state() const noexcept { return std::nullopt; }
};

// Gives hashers by name. Thread-safe.
class Verifier {
 public:
  virtual ~Verifier() = default;

  // "sha256" always; "md5" for the etag of multipart uploads. Errc::unsupported for a name it does not know.
  virtual Result<std::unique_ptr<Hasher>> begin(std::string_view algorithm) noexcept = 0;

  // A "sha256" that goes on from there, or from the beginning, and can tell its state(). Errc::unsupported where the
  // library hides it; Errc::invalid_argument for what is no state.
  virtual Result<std::unique_ptr<Hasher>> resume(const HashState& from) noexcept;
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

  // For a store that cannot give back what an earlier process wrote: those bytes went through a Verification then,
  // whose state() was kept. A wrong state gives a wrong digest. Errors as Verifier::resume().
  static Result<Verification> resume(Verifier& verifier, Descriptor expected, const HashState& from);

  // After resume(): where it stands; nothing in the middle of a block.
  std::optional<HashState> state() const noexcept { return hasher_->state(); }

  // How many bytes went through, before resume() included.
  std::uint64_t seen() const noexcept { return seen_; }

  void update(std::span<const std::byte> data) noexcept;

  // Errc::corrupt, with expected and found, unless exactly the expected bytes went through. Call once.
  Result<Verified> finish();

 private:
  Verification(Descriptor expected, std::unique_ptr<Hasher> hasher, std::uint64_t seen = 0)
      : expected_(std::move(expected)), hasher_(std::move(hasher)), seen_(seen) {}
  Descriptor expected_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t seen_;
};

// The digest of bytes in memory.
Result<Digest> digest_of(Verifier& verifier, std::string_view bytes);

}  // namespace regtool
