#pragma once
// What a user may tune about transfers: the config's "transfer" section, whose keys bear these names in kebab-case.

#include "engine/rate_schedule.hpp"

#include <chrono>
#include <cstdint>

namespace regtool {

struct TransferSettings {
  unsigned connections = 16;       // for blob bodies, over all blobs and hosts: at most so many,
  unsigned first_connections = 4;  // so many at first; more as long as that raises the total
  bool sharing = true;             // one with nothing to do takes over from slow ones; not where time is fake
  unsigned checks = 128;           // existence checks at once, before any body
  unsigned uploads = 32;           // small blobs uploaded at once
  unsigned tries = 6;              // without progress, before a request is given up
  std::chrono::milliseconds backoff_min{250};
  std::chrono::milliseconds backoff_max{15000};
  std::chrono::milliseconds patience{40000};  // without progress, before all tries together are given up
  unsigned redirects = 10;
  std::uint64_t upload_part = 100 << 20;  // bytes: larger blobs are sent in parts of at least that size
  RateSchedule limit_rate;                // over all transfers
  bool prune = true;                      // removes the blobs that nothing refers to any more once a tag has moved on
};

}  // namespace regtool
