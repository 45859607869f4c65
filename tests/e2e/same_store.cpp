#include "same_store.hpp"

#include "process.hpp"

#include <set>

namespace regtool {
namespace {

std::set<std::string> published(const std::filesystem::path& root) {
  std::set<std::string> result;
  for (const char* part : {"blobs", "manifests"}) {
    if (!std::filesystem::exists(root / part)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / part)) {
      if (entry.is_regular_file()) result.insert(entry.path().lexically_relative(root).string());
    }
  }
  return result;
}

}  // namespace

std::vector<std::string> differences(const std::filesystem::path& left, const std::filesystem::path& right) {
  std::vector<std::string> result;
  const std::set<std::string> here = published(left);
  const std::set<std::string> there = published(right);
  for (const std::string& name : here) {
    if (!there.contains(name)) {
      result.push_back("only in the first: " + name);
    } else if (run({.words = {"cmp", "-s", left / name, right / name}}).status != 0) {
      result.push_back("differs: " + name);
    }
  }
  for (const std::string& name : there) {
    if (!here.contains(name)) result.push_back("only in the second: " + name);
  }
  return result;
}

}  // namespace regtool
