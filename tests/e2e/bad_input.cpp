#include "bad_input.hpp"

#include "digest_of.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sstream>

namespace regtool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

void expect_one_line(const Outcome& outcome, const Refusal& refusal) {
  std::istringstream lines(outcome.err);
  std::string line, last;
  std::size_t errors = 0;
  while (std::getline(lines, line)) {
    errors += line.starts_with("error: ") ? 1 : 0;
    last = line;
  }
  EXPECT_EQ(errors, 1u) << outcome.err;
  EXPECT_THAT(last, testing::StartsWith("error: "));
  EXPECT_LT(last.size(), 500u) << last;
  for (const auto& word : refusal.words) EXPECT_THAT(last, HasSubstr(word));
  EXPECT_TRUE(std::all_of(last.begin(), last.end(), [](unsigned char c) { return c >= ' '; })) << last;
  EXPECT_EQ(outcome.status, refusal.status) << last;
  EXPECT_EQ(outcome.out, "");
}

// Of an Authorization header, what follows the scheme.
std::string credential_in(const std::string& authorization) {
  return authorization.substr(authorization.find(' ') + 1);
}

std::string query_of(const std::string& target) {
  const auto at = target.find('?');
  return at == target.npos ? "" : target.substr(at + 1);
}

}  // namespace

void BadInput::authenticate(const std::string& auth) {
  user_.configure(fmt::format(R"({{
    "transfer": {{"tries": 4, "backoff-min": "1ms", "backoff-max": "1ms"}},
    "registries": {{"*": {{"auth": {}}}}}}})",
                              auth));
}

void BadInput::expect_refused(const std::vector<std::string>& words, const Refusal& refusal) {
  const auto outside = files_outside_the_store();
  const auto names = files_below(user_.store() / "manifests");
  const auto blobs = files_below(user_.store() / "blobs");
  for (const bool verbose : {false, true}) {
    auto line = words;
    if (verbose) line.insert(line.begin(), {"-v", "-v"});
    SCOPED_TRACE(testing::PrintToString(line));
    const Outcome outcome = user_.regtool(line);
    expect_one_line(outcome, refusal);
    expect_no_secret(outcome.out + outcome.err);
    EXPECT_EQ(files_outside_the_store(), outside);
    EXPECT_EQ(files_below(user_.store() / "manifests"), names);
    expect_only_whole_blobs(blobs);
  }
}

BadInput::Files BadInput::files_below(const fs::path& folder) {
  Files files;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
    const bool readable = !entry.is_symlink() && entry.is_regular_file();
    files[entry.path().string()] = readable ? read_file(entry.path()) : "";
  }
  return files;
}

BadInput::Files BadInput::files_outside_the_store() const {
  auto files = files_below(user_.home());
  std::erase_if(files, [&](const auto& file) { return file.first.starts_with(user_.store().string()); });
  return files;
}

void BadInput::expect_only_whole_blobs(const Files& before) const {
  for (const auto& [path, bytes] : files_below(user_.store() / "blobs")) {
    const auto known = before.find(path);
    if (known != before.end() && known->second == bytes) continue;
    EXPECT_EQ(fs::path(path).filename().string(), "sha256-" + std::string(digest_of(bytes).hex()));
  }
}

void BadInput::expect_no_secret(const std::string& output) const {
  for (const auto& secret : all_secrets()) EXPECT_THAT(output, Not(HasSubstr(secret)));
}

std::vector<std::string> BadInput::all_secrets() const {
  auto secrets = secrets_;
  for (auto* registry : registries_) {
    for (const auto& request : registry->log().all()) {
      if (const auto sent = request.headers.get("Authorization")) secrets.push_back(credential_in(std::string(*sent)));
      if (const auto query = query_of(request.target); !query.empty()) secrets.push_back(query);
    }
  }
  return secrets;
}

BadServer::BadServer() {
  keep_secret(registry_);
  keep_secret(elsewhere_);
}

void BadServer::serve_model() {
  auto& content = registry_.content();
  serve_manifest(manifest_json(content.add_blob("ns/model", "{}"),
                               {{"application/vnd.ollama.image.model", content.add_blob("ns/model", "weights")}}));
}

void BadServer::serve_manifest(const std::string& bytes) {
  registry_.content().put_manifest("ns/model", "tag", {bytes, std::string(docker_manifest_type)});
}

void BadServer::expect_pull_times_out(std::vector<std::string> says) {
  says.push_back("timed out");
  expect_refused({"pull", name(), "--insecure", "--set", "transport.first-byte-timeout=1s", "--set",
                  "transport.idle-timeout=1s", "--set", "transfer.patience=1s", "--set", "transfer.tries=1"},
                 {6, std::move(says)});
}

}  // namespace regtool
