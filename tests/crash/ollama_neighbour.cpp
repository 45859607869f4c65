#include "ollama_neighbour.hpp"

#include "digest_of.hpp"
#include "engine/manifest.hpp"
#include "temp_dir.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t part_size = 6'000;

// Whatever is there to be read: files come and go.
std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code gone;
  for (auto entry = fs::recursive_directory_iterator(folder, gone);
       !gone && entry != fs::recursive_directory_iterator(); entry.increment(gone)) {
    if (entry->is_regular_file(gone)) found.push_back(entry->path());
  }
  return found;
}

}  // namespace

void OllamaNeighbour::prune() {
  std::vector<fs::path> unwanted = files_below(root_ / "blobs");
  std::set<std::string> needed;
  for (const auto& path : files_below(root_ / "manifests")) {
    const auto manifest = Manifest::parse(content_of(path));
    if (!manifest) continue;
    for (const auto& layer : manifest->distinct_blobs())
      needed.insert("sha256-" + std::string(layer.blob.digest.hex()));
  }
  for (const auto& path : unwanted) {
    if (!needed.contains(path.filename())) ::unlink(path.c_str());
  }
}

void OllamaNeighbour::pull(const std::string& bytes) {
  const auto blob = root_ / "blobs" / ("sha256-" + std::string(digest_of(bytes).hex()));
  struct stat info {};
  if (::stat(blob.c_str(), &info) == 0) return;
  fs::create_directories(blob.parent_path());
  const auto partial = blob.string() + "-partial";
  const int file = ::open(partial.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return;
  if (::ftruncate(file, static_cast<off_t>(bytes.size())) < 0) return;
  const auto sent = happens(5) ? std::string(bytes.size(), 'x') : bytes;
  const auto parts = (bytes.size() + part_size - 1) / part_size;
  bool ended = false;
  for (std::uint64_t n = 0; n < parts && !ended; ++n) {
    const auto first = n * part_size, size = std::min(part_size, bytes.size() - first);
    const auto done = (ended = happens(12)) ? size / 2 : size;
    if (::pwrite(file, sent.data() + first, done, static_cast<off_t>(first)) < 0) ended = true;
    std::ofstream(partial + "-" + std::to_string(n))
        << fmt::format(R"({{"N":{},"Offset":{},"Size":{},"Completed":{}}})", n, first, size, done);
  }
  ::close(file);
  if (ended) return;
  for (std::uint64_t n = 0; n < parts; ++n) ::unlink((partial + "-" + std::to_string(n)).c_str());
  if (::rename(partial.c_str(), blob.c_str()) < 0) return;
  if (content_of(blob) != bytes) ::unlink(blob.c_str());
}

}  // namespace regtool
