#pragma once
// What can go wrong between regtool and a registry, and what then has to happen: the data behind docs/reliability.md
// and behind the tests that hold regtool to it.

#include "engine_lab.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

enum class Direction : std::uint8_t { pull, push };
enum class Shape : std::uint8_t { one_big, many_small };

// What a run under a fault has to come to, and what it may cost.
struct Outcome {
  std::optional<Errc> error{};   // nothing: it succeeds
  double moved = 1;              // times the bytes of the model
  std::chrono::seconds time{0};  // that was waited, at most

  // The same for the next run, after a failure. Where bytes were damaged, a blob that was under way when another one
  // was given up may have damaged bytes in it that were kept, which only its digest shows.
  double moved_next() const { return error == Errc::corrupt ? 2 : 1; }
};

inline Outcome succeeds(double moved, int seconds) { return {{}, moved, std::chrono::seconds(seconds)}; }
inline Outcome fails(Errc with, double moved, int seconds) { return {with, moved, std::chrono::seconds(seconds)}; }

// Where a fault is brought in.
struct FaultSite {
  EngineLab& lab;
  const Direction direction;
  const Shape shape;
  std::shared_ptr<std::atomic<unsigned>> struck = std::make_shared<std::atomic<unsigned>>(0);  // requests it has hit
};

using Injection = std::function<void(const FaultSite&)>;

struct Fault {
  std::string what;                       // as the page says it
  std::string then;                       // what regtool does about it
  std::optional<Outcome> pull{}, push{};  // nothing: it does not concern that direction
  Injection inject{};
  std::function<void(FakeRegistryOptions&)> registry{};  // a registry that is like this by nature
  bool only_big = false;                                 // small blobs are moved by requests that it cannot hit
};

struct FaultGroup {
  std::string title;
  std::vector<Fault> faults;
};

std::vector<Fault> connection_faults();
std::vector<Fault> content_faults();
std::vector<Fault> answer_faults();
std::vector<Fault> address_faults();
std::vector<Fault> mirror_faults();
std::vector<Fault> upload_faults();

// All of them, in the order of the page.
std::vector<FaultGroup> fault_matrix();

}  // namespace regtool
