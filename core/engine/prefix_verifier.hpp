#pragma once
// Hashes a blob while it arrives.

#include <regtool/store.hpp>
#include <regtool/verify.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace regtool {

// Feeds a Verification in order while ranges land in any order: whenever the run of bytes that starts at 0 grows, the
// new part is read back (from the page cache) and hashed. So the digest is there with the last byte, without a second
// pass.
class PrefixVerifier {
 public:
  // `staged` outlives this. Goes on where `verification` is.
  PrefixVerifier(const StagedObject& staged, Verification verification, std::uint64_t size)
      : staged_(staged),
        verification_(std::move(verification)),
        size_(size),
        prefix_(verification_.seen()),
        hashed_(prefix_),
        state_(staged_.facts().hashed) {}

  // Hashes on a thread of its own from now on. Without it, finish() hashes all at the end: cheaper for a small blob.
  void start();

  // The first `prefix` bytes are written. Thread-safe; never falls.
  void grown(std::uint64_t prefix);

  // Waits until that many bytes are hashed. Returns early when that will not come to be, and once `stop` is requested.
  // For one who has start()ed it, and whose bytes are there.
  void await(std::uint64_t bytes, const std::stop_token& stop) const;

  // How many bytes are hashed. Thread-safe.
  std::uint64_t hashed() const;

  // The latest of the hash states that the staged object wants. Thread-safe.
  std::optional<HashState> state() const;

  // Why hashing came to an early end, if it did: bytes could not be read back. Thread-safe.
  Result<> health() const;

  // All bytes are written: hashes the rest, and tells. Errc::corrupt when they are not the right ones; Errc::cancelled
  // when stopped before all were hashed. Call once.
  Result<Verified> finish(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);
  Result<> hash_up_to(std::uint64_t prefix, const std::stop_token& stop);

  const StagedObject& staged_;
  Verification verification_;
  const std::uint64_t size_;
  std::unique_ptr<std::byte[]> buffer_;  // of whoever hashes
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::uint64_t prefix_;
  std::uint64_t hashed_;
  std::optional<HashState> state_;
  Result<> outcome_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace regtool
