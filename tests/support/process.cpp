#include "process.hpp"

#include <algorithm>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace regtool {
namespace {

// Where distributions keep servers, which a user's PATH may leave out.
constexpr std::string_view system_folders = ":/usr/local/sbin:/usr/sbin:/sbin";

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = ::getenv("PATH");
  std::string folders = std::string(path == nullptr ? "/usr/bin:/bin" : path).append(system_folders);
  for (std::size_t at = 0; at < folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    std::string candidate = folders.substr(at, end - at) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    at = end + 1;
  }
  throw std::runtime_error(name + " is not installed");
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) {
    if (!value.empty()) result.push_back(name + "=" + value);
  }
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

std::string content_of(int file) {
  std::string text;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::pread(file, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

int status_of(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace

Process::Process(const Command& command) {
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment = environment_of(command);
  const std::string program = find_program(words.at(0));
  const std::vector<char*> arguments = pointers_to(words);
  const std::vector<char*> variables = pointers_to(environment);
  out_ = ::memfd_create("stdout", MFD_CLOEXEC);
  err_ = ::memfd_create("stderr", MFD_CLOEXEC);
  const pid_t parent = ::getpid();

  pid_ = ::fork();
  if (pid_ == 0) {
    // The kernel ends the child when the test dies; the second look covers a death before the first.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(err_, STDERR_FILENO);
    if (!command.folder.empty() && ::chdir(command.folder.c_str()) != 0) ::_exit(126);
    ::execve(program.c_str(), arguments.data(), variables.data());
    ::_exit(127);
  }
  if (pid_ < 0) throw std::runtime_error("cannot start " + program);
  pid_file_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Process::~Process() {
  if (!status_) {
    signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int file : {pid_file_, out_, err_}) {
    if (file >= 0) ::close(file);
  }
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
  if (status_) return status_;
  pollfd ended{pid_file_, POLLIN, 0};
  if (::poll(&ended, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_) status_ = status_of(status);
  return status_;
}

void Process::signal(int number) const noexcept {
  if (!status_) ::kill(pid_, number);
}

std::string Process::out() const { return content_of(out_); }
std::string Process::err() const { return content_of(err_); }

Outcome run(const Command& command, std::chrono::milliseconds patience) {
  Process process(command);
  const std::optional<int> status = process.wait(patience);
  if (!status) throw std::runtime_error(command.words[0] + " did not end in time; it said: " + process.err());
  return {*status, process.out(), process.err()};
}

std::string run_checked(const Command& command) {
  Outcome outcome = run(command);
  if (outcome.status != 0) throw std::runtime_error(command.words[0] + " failed: " + outcome.err + outcome.out);
  return outcome.out;
}

}  // namespace regtool
