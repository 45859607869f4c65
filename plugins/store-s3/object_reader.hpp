#pragma once
// Reads one version of an object by positions, with one request for much of it where that is what is read.

#include <regtool/result.hpp>

#include "s3_objects.hpp"

#include <list>
#include <mutex>
#include <span>

namespace regtool {

// A request stays open where a read ended, for whoever goes on from there: several may read different parts in order,
// each by a request of its own. What is read from the network before it is asked for is only what sockets hold.
// Thread-safe.
class ObjectReader {
 public:
  // `client` outlives it, and so do the clock and the console of `ctx`.
  ObjectReader(const Context& ctx, S3Client& client, std::string key, S3ObjectFacts facts);

  // As Source::read_at(). Errc::not_found when that version is not there any more.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);

 private:
  // An answer whose body is read up to `next`, of `asked` bytes.
  struct Stream {
    std::uint64_t next = 0;
    std::uint64_t end = 0;
    std::uint64_t asked = 0;
    S3Answer answer{};
  };

  Result<std::size_t> read_once(std::uint64_t offset, std::span<std::byte> out);
  std::optional<Stream> take_stream(std::uint64_t offset);
  Result<> ask(Stream& stream, std::uint64_t wanted);
  Result<std::size_t> fill(Stream& stream, std::span<std::byte> out) const;
  void keep(Stream stream);

  const Context ctx_;
  S3Client& client_;
  const std::string key_;
  const S3ObjectFacts facts_;
  std::mutex mutex_;
  std::list<Stream> streams_;  // nobody reads from them now; the one used last is the last
};

}  // namespace regtool
