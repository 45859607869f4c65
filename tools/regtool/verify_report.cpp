#include "verify_report.hpp"

#include "base/printable.hpp"
#include "engine/amount.hpp"
#include "json_text.hpp"
#include "terminal/text.hpp"
#include "terminal/units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace regtool::cli {
namespace {

// Which of the models need each blob that has a problem: a digest alone tells nobody what is broken.
using Users = std::map<Digest, std::vector<std::string>>;

Users users_of(const VerifyReport& report) {
  Users users;
  for (const auto& repair : report.problems) users[repair.problem.blob.blob.digest];
  for (const auto& model : report.models) {
    for (const auto& layer : model.manifest.distinct_blobs()) {
      const auto found = users.find(layer.blob.digest);
      if (found != users.end()) found->second.push_back(model.name.display());
    }
  }
  return users;
}

std::string line_of(const VerifyReport& report, const BlobRepair& repair, const Users& users) {
  const auto& [layer, what] = repair.problem;
  auto line = fmt::format("{} {} of {}: {}", layer.label(), layer.blob.digest.brief(),
                          fmt::join(users.at(layer.blob.digest), ", "), what);
  if (report.repaired && !repair.mended) line += "; not mended: " + repair.why;
  return brief_digests(printable(line, 1000));
}

// "gemma:2b: 2 blobs mended (1.68 GB), 1 not", for each model that had a problem.
std::string mended_by_model(const VerifyReport& report, const Users& users) {
  struct Tally {
    Amount mended, left;
  };
  std::map<std::string, Tally> tallies;
  for (const auto& repair : report.problems) {
    const auto& blob = repair.problem.blob.blob;
    for (const auto& name : users.at(blob.digest)) {
      auto& tally = tallies[name];
      (repair.mended ? tally.mended : tally.left).add(blob.size);
    }
  }
  std::string text;
  for (const auto& [name, tally] : tallies) {
    const auto& [mended, left] = tally;
    text += mended.count == 0 ? fmt::format("{}: {} not mended", name, format_count(left.count, "blob"))
                              : fmt::format("{}: {} mended ({})", name, format_count(mended.count, "blob"),
                                            format_bytes(mended.bytes));
    if (mended.count > 0 && left.count > 0) text += fmt::format(", {} not", left.count);
    text += '\n';
  }
  return text;
}

}  // namespace

std::size_t VerifyReport::mended() const {
  return static_cast<std::size_t>(std::ranges::count_if(problems, &BlobRepair::mended));
}

std::string as_text(const VerifyReport& report) {
  std::string text;
  for (const auto& line : report.unreadable) text += line + '\n';
  const auto users = users_of(report);
  for (const auto& repair : report.problems) text += line_of(report, repair, users) + '\n';
  if (report.repaired) text += mended_by_model(report, users);
  text +=
      fmt::format("{} in {} checked", format_count(report.blobs, "blob"), format_count(report.models.size(), "model"));
  if (report.repaired) {
    text += fmt::format(", {} of {} mended", report.mended(), format_count(report.problems.size(), "problem"));
  }
  return text;
}

std::string as_json(const VerifyReport& report) {
  JsonText json;
  json.begin_object().field("models", std::uint64_t{report.models.size()}).field("blobs", std::uint64_t{report.blobs});
  json.key("unreadable").begin_array();
  for (const auto& line : report.unreadable) json.value(line);
  json.end_array().key("problems").begin_array();
  const auto users = users_of(report);
  for (const auto& repair : report.problems) {
    const auto& [layer, what] = repair.problem;
    json.begin_object().field("digest", layer.blob.digest.text()).field("label", layer.label()).field("problem", what);
    json.key("models").begin_array();
    for (const auto& name : users.at(layer.blob.digest)) json.value(name);
    json.end_array().key("mended");
    report.repaired ? json.value(repair.mended) : json.null();
    json.key("reason");
    repair.why.empty() ? json.null() : json.value(repair.why);
    json.end_object();
  }
  return json.end_array().end_object().text();
}

}  // namespace regtool::cli
