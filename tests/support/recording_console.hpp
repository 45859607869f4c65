#pragma once
// A Console that remembers what it was told, and answers questions from a list.

#include <regtool/context.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace regtool {

// Thread-safe.
class RecordingConsole final : public Console {
 public:
  // `secrets` are given out one a question; after the last one there is no terminal to ask on.
  explicit RecordingConsole(std::vector<std::string> secrets = {}) : secrets_(std::move(secrets)) {}

  void warn(std::string_view message) noexcept override { record(warnings_, message); }
  void debug(std::string_view message) noexcept override { record(debugs_, message); }

  Result<std::string> ask_secret(std::string_view question) noexcept override {
    const std::lock_guard lock(mutex_);
    questions_.emplace_back(question);
    if (questions_.size() > secrets_.size()) return fail(Errc::unsupported, "no terminal to ask on");
    return secrets_[questions_.size() - 1];
  }

  std::vector<std::string> warnings() const { return copy(warnings_); }
  std::vector<std::string> debugs() const { return copy(debugs_); }
  std::vector<std::string> questions() const { return copy(questions_); }

 private:
  void record(std::vector<std::string>& list, std::string_view message) noexcept {
    const std::lock_guard lock(mutex_);
    list.emplace_back(message);
  }

  std::vector<std::string> copy(const std::vector<std::string>& list) const {
    const std::lock_guard lock(mutex_);
    return list;
  }

  mutable std::mutex mutex_;
  const std::vector<std::string> secrets_;
  std::vector<std::string> warnings_, debugs_, questions_;
};

}  // namespace regtool
