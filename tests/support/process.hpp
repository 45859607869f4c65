#pragma once
// Programs that a test runs. What it started ends with it, however it ends.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace regtool {

struct Command {
  std::vector<std::string> words;                       // the first is searched for in PATH and in the system folders
  std::map<std::string, std::string> environment = {};  // added to this process's own; an empty value removes
  std::filesystem::path folder = {};                    // where it runs; empty: here
};

class Process {
 public:
  // Starts it. Its input is empty; its output is captured. Throws std::runtime_error when it cannot be started.
  explicit Process(const Command& command);

  // Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const noexcept { return pid_; }

  // The exit status once it has ended, 128 + N when signal N ended it; nothing when it still runs after `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);

  void signal(int number) const noexcept;

  // What it has written so far.
  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = -1;
  int pid_file_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::optional<int> status_;
};

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

// Runs it to its end. Throws std::runtime_error when it takes longer than `patience`.
Outcome run(const Command& command, std::chrono::milliseconds patience = std::chrono::minutes(2));

// The same, for what has to work: throws std::runtime_error with its error output when the status is not 0.
std::string run_checked(const Command& command);

}  // namespace regtool
