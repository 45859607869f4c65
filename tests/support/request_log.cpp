#include "request_log.hpp"

namespace regtool {

HttpReply RequestLog::record(const HttpRequest& request, const Handler& handler) {
  const auto entry = std::make_shared<Entry>();
  entry->seen = {
      .method = request.method, .origin = request.origin, .target = request.target, .headers = request.headers};
  entry->received = request.incoming->received();
  entry->sent = std::make_shared<std::atomic<std::uint64_t>>(0);
  {
    const std::lock_guard lock(mutex_);
    entries_.push_back(entry);
  }
  try {
    auto reply = handler(request);
    reply.sent = entry->sent;
    close(entry, reply.status);
    return reply;
  } catch (const ClientGone&) {
    close(entry, 0);
    throw;
  }
}

void RequestLog::close(const std::shared_ptr<Entry>& entry, int status) {
  const std::lock_guard lock(mutex_);
  entry->seen.status = status;
}

std::vector<SeenRequest> RequestLog::find(std::string_view method, std::string_view target) const {
  std::vector<SeenRequest> found;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (!method.empty() && entry->seen.method != method) continue;
    if (entry->seen.target.find(target) == std::string::npos) continue;
    found.push_back(entry->seen);
    found.back().body_size = *entry->received;
    found.back().bytes_sent = *entry->sent;
  }
  return found;
}

std::size_t RequestLog::count(std::string_view method, std::string_view target) const {
  return find(method, target).size();
}

std::uint64_t RequestLog::bytes_sent(std::string_view target) const {
  std::uint64_t sum = 0;
  for (const auto& seen : find("", target)) sum += seen.bytes_sent;
  return sum;
}

std::uint64_t RequestLog::bytes_received(std::string_view target) const {
  std::uint64_t sum = 0;
  for (const auto& seen : find("", target)) sum += seen.body_size;
  return sum;
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

std::string RequestLog::text() const {
  std::string text;
  for (const auto& seen : all()) {
    text += seen.method + ' ' + seen.origin + seen.target + " -> " + std::to_string(seen.status) + '\n';
  }
  return text;
}

}  // namespace regtool
