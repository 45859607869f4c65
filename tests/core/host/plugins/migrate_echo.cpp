// A migration that renames "old" to "new", once.

#include <regtool/plugin.hpp>

namespace regtool {
namespace {

class EchoMigration final : public Migration {
 public:
  Result<std::vector<Rename>> plan(const Context&, const std::filesystem::path& root) noexcept override {
    std::error_code ignored;
    if (!std::filesystem::exists(root / "old", ignored)) return std::vector<Rename>();
    return std::vector<Rename>{{"old", "new"}};
  }
};

Result<std::unique_ptr<Migration>> make_migration(const Context&, const Config&) {
  return std::make_unique<EchoMigration>();
}

void enroll(Registrar& registrar) { registrar.migration("echo", {}, make_migration); }

}  // namespace
}  // namespace regtool

REGTOOL_PLUGIN("migrate-echo", "1.2.3", regtool::enroll);
