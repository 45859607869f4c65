#include "json_text.hpp"
#include "progress/progress_renderer.hpp"

namespace regtool::cli {
namespace {

constexpr std::chrono::seconds total_interval(1);

class JsonRenderer final : public ProgressRenderer {
 public:
  explicit JsonRenderer(Screen& screen) : screen_(screen) {}

  void update(std::chrono::steady_clock::time_point now, const ProgressState& state) override {
    tell_changes(state);
    if (state.rows.empty() || (total_told_ && now - *total_told_ < total_interval)) return;
    total_told_ = now;
    tell_total(state);
  }

  void finish(const ProgressState& state) override {
    tell_changes(state);
    if (!state.rows.empty()) tell_total(state);
  }

 private:
  void tell_changes(const ProgressState& state) {
    if (state.phase != phase_) {
      phase_ = state.phase;
      screen_.print(JsonText().begin_object().field("event", "phase").field("phase", phase_).end_object().text());
    }
    seen_.resize(state.rows.size(), TransferState::waiting);
    for (std::size_t i = 0; i < state.rows.size(); ++i) {
      const auto& transfer = state.rows[i].transfer;
      if (std::exchange(seen_[i], transfer.state) != transfer.state) tell(transfer);
    }
  }

  void tell(const TransferView& transfer) {
    screen_.print(JsonText()
                      .begin_object()
                      .field("event", "blob")
                      .field("label", transfer.label)
                      .field("digest", transfer.digest)
                      .field("state", to_string(transfer.state))
                      .field("done", transfer.done)
                      .field("total", transfer.total)
                      .field("resumed", transfer.resumed)
                      .end_object()
                      .text());
  }

  void tell_total(const ProgressState& state) {
    JsonText json;
    json.begin_object().field("event", "progress").field("done", state.done).field("total", state.total);
    json.field("blobs_done", std::uint64_t{state.complete})
        .field("blobs", std::uint64_t{state.rows.size()})
        .key("bytes_per_second");
    state.speed ? json.value(static_cast<std::uint64_t>(*state.speed)) : json.null();
    json.key("seconds_left");
    state.left ? json.value(static_cast<std::uint64_t>(state.left->count())) : json.null();
    screen_.print(json.end_object().text());
  }

  Screen& screen_;
  std::string phase_;
  std::vector<TransferState> seen_;  // by row
  std::optional<std::chrono::steady_clock::time_point> total_told_;
};

}  // namespace

std::unique_ptr<ProgressRenderer> json_renderer(Screen& screen) { return std::make_unique<JsonRenderer>(screen); }

}  // namespace regtool::cli
