// What many threads or many blobs share: what it costs each of them.

#include "common/trust_index.hpp"
#include "digest_of.hpp"
#include "engine/progress_board.hpp"
#include "engine/token_bucket.hpp"
#include "fake_context.hpp"
#include "temp_dir.hpp"

#include <benchmark/benchmark.h>
#include <optional>

namespace regtool {
namespace {

FileIdentity identity_of_blob(std::uint64_t number) { return {number, 65536, 1'700'000'000'123'456'789}; }

std::vector<TrustIndex::Record> records(std::int64_t count) {
  std::vector<TrustIndex::Record> all;
  for (std::int64_t i = 0; i < count; ++i) {
    all.emplace_back(digest_of(std::to_string(i)), identity_of_blob(static_cast<std::uint64_t>(i)));
  }
  return all;
}

// Which is also what the first question of a process costs.
void trust_index_read(benchmark::State& state) {
  const TempDir folder;
  const auto file = folder / "verified";
  const auto all = records(state.range(0));
  TrustIndex(file).record(all);
  for (auto _ : state) benchmark::DoNotOptimize(TrustIndex(file).knows(all.front().first, all.front().second));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(trust_index_read)->Arg(100)->Arg(2000)->Arg(20000);

void trust_index_knows(benchmark::State& state) {
  const TempDir folder;
  TrustIndex index(folder / "verified");
  const auto all = records(state.range(0));
  index.record(all);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& [digest, identity] = all[i++ % all.size()];
    benchmark::DoNotOptimize(index.knows(digest, identity));
  }
}
BENCHMARK(trust_index_knows)->Arg(100)->Arg(20000);

// In the batches in which small blobs are published.
void trust_index_record(benchmark::State& state) {
  const auto all = records(state.range(0));
  for (auto _ : state) {
    const TempDir folder;
    TrustIndex index(folder / "verified");
    for (std::size_t at = 0; at < all.size(); at += 64) {
      index.record({all.begin() + static_cast<std::ptrdiff_t>(at),
                    all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), at + 64))});
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(trust_index_record)->Arg(2000)->Arg(20000)->Unit(benchmark::kMillisecond);

void token_bucket_take(benchmark::State& state) {
  static std::optional<RealContext> real;
  static std::optional<TokenBucket> bucket;
  if (state.thread_index() == 0) {
    real.emplace();
    bucket.emplace(RateSchedule{Rate{1} << 60}, real->clock);
  }
  for (auto _ : state) benchmark::DoNotOptimize(bucket->take(real->context(), 65536));
}
BENCHMARK(token_bucket_take)->Threads(1)->Threads(16)->UseRealTime();

void progress_board_view(benchmark::State& state) {
  ProgressBoard board;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    board.add("blk." + std::to_string(i) + ".weight", {digest_of(std::to_string(i)), 65536});
  }
  for (auto _ : state) benchmark::DoNotOptimize(board.view());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(progress_board_view)->Arg(10)->Arg(2000)->Arg(16000);

}  // namespace
}  // namespace regtool
