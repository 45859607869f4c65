// The hash that runs along with a transfer, against the hash alone.

#include "digest_of.hpp"
#include "engine/prefix_verifier.hpp"
#include "test_verifier.hpp"
#include "verified_bytes.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstring>

namespace regtool {
namespace {

// All bytes are there already.
class StagedBytes final : public StagedObject {
 public:
  explicit StagedBytes(const std::string& bytes) : bytes_(bytes) {}

  const StagedFacts& facts() const noexcept override { return facts_; }
  Result<> write_at(std::uint64_t, std::span<const std::byte>) noexcept override { return {}; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    const auto count = std::min<std::size_t>(out.size(), bytes_.size() - offset);
    std::memcpy(out.data(), bytes_.data() + offset, count);
    return count;
  }
  Result<> checkpoint(const RangeSet&, const std::optional<HashState>&) noexcept override { return {}; }
  void discard() noexcept override {}

 private:
  const std::string& bytes_;
  StagedFacts facts_;
};

void sha256_alone(benchmark::State& state) {
  const auto bytes = some_bytes(static_cast<std::size_t>(state.range(0)));
  const auto verifier = make_test_verifier();
  for (auto _ : state) benchmark::DoNotOptimize(prove(*verifier, bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

// `grown` is told as often as a worker does it: after each buffer of 512 KiB.
void prefix_verifier(benchmark::State& state, bool thread) {
  const auto size = static_cast<std::uint64_t>(state.range(0));
  const auto bytes = some_bytes(size);
  const auto what = descriptor_of(bytes);
  const StagedBytes staged(bytes);
  const auto verifier = make_test_verifier();
  for (auto _ : state) {
    PrefixVerifier hashing(staged, Verification::begin(*verifier, what).value(), size);
    if (thread) hashing.start();
    for (std::uint64_t at = 0; at < size; at += 512 * 1024) hashing.grown(at);
    benchmark::DoNotOptimize(hashing.finish({}).value());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(sha256_alone)->Arg(65536)->Arg(64 << 20)->UseRealTime();
BENCHMARK_CAPTURE(prefix_verifier, with_thread, true)->Arg(65536)->Arg(64 << 20)->UseRealTime();
BENCHMARK_CAPTURE(prefix_verifier, without_thread, false)->Arg(65536)->Arg(64 << 20)->UseRealTime();

}  // namespace
}  // namespace regtool
