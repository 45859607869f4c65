// The sets of ranges, and the decision who fetches what, as a transfer of 16 GB uses them: what one piece costs must
// not grow with how many there are.

#include "engine/work_list.hpp"

#include <benchmark/benchmark.h>

namespace regtool {
namespace {

constexpr std::uint64_t mib = 1 << 20;

// Every other piece first, so that there are as many ranges as can be, then those between.
void range_set_add(benchmark::State& state) {
  const auto pieces = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) {
    RangeSet set;
    for (std::uint64_t i = 0; i < pieces; i += 2) set.add({i * mib, mib});
    for (std::uint64_t i = 1; i < pieces; i += 2) set.add({i * mib, mib});
    benchmark::DoNotOptimize(set.prefix());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(range_set_add)->Range(16, 16384);

void range_set_first_gap(benchmark::State& state) {
  RangeSet set;
  for (std::int64_t i = 0; i < state.range(0); ++i) set.add({2 * static_cast<std::uint64_t>(i) * mib, mib});
  for (auto _ : state) benchmark::DoNotOptimize(set.first_gap(0, ~std::uint64_t{0}));
}
BENCHMARK(range_set_first_gap)->Range(16, 16384);

// Sixteen workers in turn, 512 KiB at a time.
void work_list_whole_blob(benchmark::State& state) {
  constexpr std::uint64_t buffer = mib / 2;
  const auto size = static_cast<std::uint64_t>(state.range(0)) * mib;
  for (auto _ : state) {
    WorkList work(size, {});
    std::vector<WorkList::Part> parts;
    while (!work.complete()) {
      while (parts.size() < 16) {
        const auto part = work.take(8 * mib, size);
        if (!part) break;
        parts.push_back(*part);
      }
      for (const auto& part : parts) {
        work.wrote(part.id, std::min(buffer, work.left(part.id).length));
        if (work.left(part.id).empty()) work.release(part.id);
      }
      std::erase_if(parts, [&](const auto& part) { return work.left(part.id).empty(); });
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0) * static_cast<std::int64_t>(mib));
}
BENCHMARK(work_list_whole_blob)->Arg(64)->Arg(1600)->Arg(16384);

}  // namespace
}  // namespace regtool
