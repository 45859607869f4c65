#pragma once
// Does to a store what Ollama's own client does to it (docs/protocol.md, "The store on disk"), without its HTTP.

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace regtool {

class OllamaNeighbour {
 public:
  OllamaNeighbour(std::filesystem::path root, unsigned seed) : root_(std::move(root)), random_(seed) {}

  // What it does when its server starts: away with every file in blobs/ that is no blob, and every blob without a name.
  void prune();

  // Fetches a blob into "<blob>-partial", with a file of JSON a part; renames; and only then hashes, and removes what
  // is wrong. Now and then it is ended on the way, or is sent wrong bytes.
  void pull(const std::string& bytes);

 private:
  bool happens(unsigned one_in) { return random_() % one_in == 0; }

  const std::filesystem::path root_;
  std::mt19937 random_;
};

}  // namespace regtool
