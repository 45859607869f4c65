#pragma once
// What the renderers show: the board's figures, with speeds and times left.

#include "engine/progress_board.hpp"
#include "progress/speed_meter.hpp"
#include "progress/time_left.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace regtool::cli {

struct ProgressRow {
  TransferView transfer;
  std::optional<double> speed;               // bytes a second
  std::optional<std::chrono::seconds> left;  // nothing until it can be told honestly
  std::chrono::duration<double> working{0};  // since it began to move
  bool stalled = false;                      // nothing has moved for some seconds
};

struct ProgressState {
  std::string phase;
  std::vector<ProgressRow> rows;  // in the board's order
  std::uint64_t done = 0;         // bytes of all transfers
  std::uint64_t total = 0;
  std::size_t complete = 0;  // transfers that are finished or were there already
  std::optional<double> speed;
  std::optional<std::chrono::seconds> left;
  bool stalled = false;
};

// Bytes are on the way, or are being read.
bool is_active(TransferState state) noexcept;

// Nothing is left to do.
bool is_complete(TransferState state) noexcept;

// "moving": the state's name.
std::string_view to_string(TransferState state) noexcept;

// With many transfers only the large ones get lines of their own; the others are told as one.
bool has_own_line(const ProgressState& state, const ProgressRow& row) noexcept;

// Turns samples of a board into states. Used by one thread at a time.
class ProgressModel {
 public:
  const ProgressState& update(std::chrono::steady_clock::time_point now, std::string phase,
                              std::vector<TransferView> views);

 private:
  struct Pace {
    SpeedMeter meter;
    TimeLeft left;
  };
  static void update(ProgressRow& row, Pace& pace, TransferView view, std::chrono::duration<double> elapsed);

  std::optional<std::chrono::steady_clock::time_point> last_;
  std::vector<Pace> paces_;  // by row
  Pace pace_;                // of all
  ProgressState state_;
};

}  // namespace regtool::cli
