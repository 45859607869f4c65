#pragma once
// Standard error, shared by messages and by the live lines of a progress display, so that neither hides the other.

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace regtool::cli {

// Thread-safe. Every change is one write, so that nothing flickers.
class Screen {
 public:
  using Writer = std::function<void(std::string_view)>;
  explicit Screen(Writer write) : write_(std::move(write)) {}

  // A line that stays, above the live lines.
  void print(std::string_view line);

  // Replaces the live lines, after printing those of `above`. None may be wider than `width`, the terminal's columns.
  void show(const std::vector<std::string>& above, std::vector<std::string> live, std::size_t width);

  // No live lines any more.
  void clear();

  // While this lives there are no live lines: somebody else uses the terminal.
  class Pause {
   public:
    explicit Pause(Screen& screen);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Screen& screen_;
  };

 private:
  std::string erased() const;
  std::string drawn() const;

  const Writer write_;
  std::mutex mutex_;
  std::vector<std::string> live_;
  std::size_t width_ = 80;
  int pauses_ = 0;
};

}  // namespace regtool::cli
