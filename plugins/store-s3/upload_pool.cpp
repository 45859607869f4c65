#include "upload_pool.hpp"

#include <latch>
#include <system_error>
#include <utility>

namespace regtool {

UploadPool::~UploadPool() {
  for (auto& thread : threads_) thread.request_stop();
}

void UploadPool::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= idle_ && threads_.size() < most_) {
      try {
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
      } catch (const std::system_error&) {
        // No more threads to be had: those that there are do all of it.
      }
    }
    if (!threads_.empty()) jobs_.push_back(std::exchange(job, nullptr));
  }
  if (job) return job();
  changed_.notify_one();
}

void UploadPool::run(std::vector<Job> jobs) {
  std::latch done(static_cast<std::ptrdiff_t>(jobs.size()));
  for (auto& job : jobs) {
    add([&done, job = std::move(job)] {
      job();
      done.count_down();
    });
  }
  done.wait();
}

void UploadPool::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool more = changed_.wait(lock, stop, [this] { return !jobs_.empty(); });
    --idle_;
    if (!more || stop.stop_requested()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace regtool
