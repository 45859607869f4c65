#pragma once
// The options that every command has.

#include <cstdint>
#include <string>
#include <vector>

namespace regtool::cli {

enum class ProgressStyle : std::uint8_t { automatic, bar, plain, json, none };

struct GlobalOptions {
  std::string config;                    // a file; empty: looked for where configs usually are
  std::vector<std::string> set;          // "store.root=/models"
  std::vector<std::string> plugin_path;  // folders
  std::string store;                     // one of the config's named stores; empty: the usual one
  ProgressStyle progress = ProgressStyle::automatic;
  bool quiet = false;
  int verbose = 0;
  bool json = false;
};

}  // namespace regtool::cli
