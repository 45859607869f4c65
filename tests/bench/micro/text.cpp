// What is read from the network and from small files.

#include "base/challenge.hpp"
#include "common/staging_journal.hpp"
#include "digest_of.hpp"
#include "engine/manifest.hpp"

#include <benchmark/benchmark.h>

namespace regtool {
namespace {

std::string manifest_of(std::int64_t layers) {
  std::string text = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)"
                     R"({"mediaType":"application/vnd.docker.container.image.v1+json","digest":")" +
                     digest_of("config").text() + R"(","size":483},"layers":[)";
  for (std::int64_t i = 0; i < layers; ++i) {
    text += R"({"mediaType":"application/vnd.ollama.image.tensor","size":65536,"name":"blk.)" + std::to_string(i) +
            R"(.weight","digest":")" + digest_of(std::to_string(i)).text() + R"("},)";
  }
  text.back() = ']';
  return text + "}";
}

void manifest_parse(benchmark::State& state) {
  const auto text = manifest_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(Manifest::parse(text));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(manifest_parse)->Arg(8)->Arg(2000)->Arg(16000);

void manifest_distinct_blobs(benchmark::State& state) {
  const auto manifest = Manifest::parse(manifest_of(state.range(0))).value();
  for (auto _ : state) benchmark::DoNotOptimize(manifest.distinct_blobs());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(manifest_distinct_blobs)->Arg(8)->Arg(2000)->Arg(16000);

void challenge_parse(benchmark::State& state) {
  constexpr std::string_view text =
      R"(Bearer realm="https://registry.example/v2/token",service="ollama",scope="repository:ns/model:pull,push", )"
      R"(Basic realm="registry")";
  for (auto _ : state) benchmark::DoNotOptimize(parse_challenges(text));
}
BENCHMARK(challenge_parse);

void digest_parse(benchmark::State& state) {
  const auto text = digest_of("blob").text();
  for (auto _ : state) benchmark::DoNotOptimize(Digest::parse(text));
}
BENCHMARK(digest_parse);

void journal_parse(benchmark::State& state) {
  constexpr std::uint64_t mib = 1 << 20;
  const JournalOwner owner{7, 1024 * mib};
  std::string journal;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    RangeSet durable;
    for (std::uint64_t part = 0; part < 16; ++part) durable.add({part * 64 * mib, mib});
    journal += journal_line(owner, durable);
  }
  for (auto _ : state) benchmark::DoNotOptimize(parse_journal(journal, owner));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(journal.size()));
}
BENCHMARK(journal_parse)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace regtool
