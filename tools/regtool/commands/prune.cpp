#include "engine/prune.hpp"

#include <regtool/config.hpp>

#include "commands/commands.hpp"
#include "host/assembly.hpp"
#include "json_text.hpp"
#include "session.hpp"
#include "table.hpp"
#include "terminal/text.hpp"
#include "terminal/units.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace regtool::cli {
namespace {

Amount amount_of(const std::vector<BlobInfo>& blobs) {
  Amount amount;
  for (const auto& blob : blobs) amount.add(blob.size);
  return amount;
}

Amount amount_of(const std::vector<Leftover>& leftovers) {
  Amount amount;
  for (const auto& leftover : leftovers) amount.add(leftover.bytes);
  return amount;
}

// "2 blobs (1.68 GB) and 1 leftover (161 MB)"
std::string counted(const Amount& blobs, const Amount& leftovers) {
  std::string text;
  for (const auto& [amount, noun] : {std::pair(blobs, "blob"), std::pair(leftovers, "leftover")}) {
    if (amount.count == 0) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : " and ", format_count(amount.count, noun),
                        format_bytes(amount.bytes));
  }
  return text;
}

std::string table_of(Pruned pruned, std::chrono::system_clock::time_point now) {
  std::vector<TableRow> rows{{"KIND", "NAME", "SIZE", "MODIFIED"}};
  std::ranges::stable_sort(pruned.blobs, std::ranges::greater(), &BlobInfo::size);
  for (const auto& blob : pruned.blobs) {
    rows.push_back(
        {"blob", std::string(blob.digest.brief()), format_bytes(blob.size), format_age(now - blob.modified)});
  }
  for (const auto& left : pruned.leftovers) {
    rows.push_back({"leftover", brief_digests(left.name), format_bytes(left.bytes), format_age(now - left.modified)});
  }
  return format_table(rows);
}

class PruneCommand final : public Command {
 public:
  const CommandInfo& info() const noexcept override {
    static constexpr CommandInfo text{
        "prune", "Remove what no model in the store needs",
        "Removes the blobs that no model in the store needs, and what interrupted runs\n"
        "have left: unfinished blobs, which a pull would go on with, and temporary files.\n"
        "What is younger than AGE stays, for a pull may be at work, here or in another\n"
        "program: its blobs come first, and the name that needs them last. Files of other\n"
        "programs are never touched.",
        "  regtool prune --dry-run\n"
        "  regtool prune --older-than 7d",
        "interrupted; what was removed until then is gone"};
    return text;
  }

  void declare(Parameters& parameters) override {
    parameters.flag(dry_run_, "--dry-run", "Only tell what would be removed");
    parameters.text(older_than_, "--older-than", "AGE", "Leave what is younger; 24h by default");
  }

  Result<> run(Session& session) override {
    REGTOOL_TRY_ASSIGN(const auto age, parse_duration(older_than_).map_error([](Error error) {
      return std::move(error).in("--older-than");
    }));
    const auto now = session.clock().wall_time();
    PrunePlan plan;
    Pruned pruned;
    const auto outcome = session.run([&](const Toolkit& tools) -> Result<> {
      const auto ctx = session.context();
      REGTOOL_TRY_ASSIGN(auto* assembly, session.assembly());
      REGTOOL_TRY_ASSIGN(const auto* storage, assembly->migrated_storage(ctx));
      auto* leftovers = storage->leftovers.get();
      tools.progress.enter("looking for what nobody needs");
      REGTOOL_TRY_ASSIGN(auto inventory, take_inventory(ctx, tools, leftovers));
      plan = plan_prune(std::move(inventory), now, age);
      planned_ = true;
      if (dry_run_) return {};
      tools.progress.enter("removing it");
      return prune(ctx, tools, leftovers, plan, pruned);
    });
    if (!planned_) return outcome;
    if (dry_run_) pruned = {plan.blobs, plan.leftovers};
    REGTOOL_TRY(session.print(session.options().json ? as_json(plan, pruned) : as_text(plan, std::move(pruned), now)));
    return report(session, plan, outcome);
  }

 private:
  std::string as_text(const PrunePlan& plan, Pruned pruned, std::chrono::system_clock::time_point now) const {
    const auto gone = counted(amount_of(pruned.blobs), amount_of(pruned.leftovers));
    const auto young = counted(plan.young_blobs, plan.young_leftovers);
    std::string text;
    if (!gone.empty()) text = table_of(std::move(pruned), now) + '\n';
    text += gone.empty() ? "nothing to remove" : (dry_run_ ? "would remove " : "removed ") + gone;
    if (!young.empty()) text += fmt::format("\nleft, because younger than {}: {}", older_than_, young);
    return text;
  }

  std::string as_json(const PrunePlan& plan, const Pruned& pruned) const {
    JsonText json;
    json.begin_object().field("dry_run", dry_run_).key("blobs").begin_array();
    for (const auto& blob : pruned.blobs) {
      json.begin_object()
          .field("digest", blob.digest.text())
          .field("size", blob.size)
          .field("modified", format_utc(blob.modified))
          .end_object();
    }
    json.end_array().key("leftovers").begin_array();
    for (const auto& left : pruned.leftovers) {
      json.begin_object()
          .field("name", left.name)
          .field("size", left.bytes)
          .field("modified", format_utc(left.modified))
          .end_object();
    }
    json.end_array()
        .field("bytes", amount_of(pruned.blobs).bytes + amount_of(pruned.leftovers).bytes)
        .key("younger")
        .begin_object()
        .field("blobs", std::uint64_t{plan.young_blobs.count})
        .field("leftovers", std::uint64_t{plan.young_leftovers.count})
        .field("bytes", plan.young_blobs.bytes + plan.young_leftovers.bytes)
        .end_object();
    json.key("unreadable").begin_array();
    for (const auto& [name, why] : plan.unreadable) json.value(fmt::format("{}: {}", name.display(), why.message));
    return json.end_array().end_object().text();
  }

  // Every manifest that cannot be read is told; the last one is the result.
  static Result<> report(Session& session, const PrunePlan& plan, const Result<>& outcome) {
    if (plan.unreadable.empty()) return outcome;
    if (!outcome) session.console().report(outcome.error());
    std::optional<Error> last;
    for (const auto& [name, why] : plan.unreadable) {
      if (last) session.console().report(*last);
      last = Error{Errc::protocol,
                   fmt::format("{} cannot be read, so no blob is removed: {}", name.display(), why.message)};
    }
    return fail(std::move(*last));
  }

  std::string older_than_ = "24h";
  bool dry_run_ = false;
  bool planned_ = false;
};

}  // namespace

std::unique_ptr<Command> prune_command() { return std::make_unique<PruneCommand>(); }

}  // namespace regtool::cli
