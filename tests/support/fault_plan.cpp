#include "fault_plan.hpp"

#include <utility>

namespace regtool {
namespace {

std::string range_of(const HttpRequest& request) { return request.header("Range") + request.header("Content-Range"); }

}  // namespace

bool RequestMatch::operator()(const HttpRequest& request) const {
  return (method.empty() || method == request.method) && request.target.find(target) != std::string::npos &&
         (range.empty() || range == range_of(request)) && (origin.empty() || origin == request.origin);
}

void FaultPlan::on(RequestMatch match, Times times, Action action) {
  const std::lock_guard lock(mutex_);
  rules_.push_back({std::move(match), times, std::move(action), 0, {}});
}

void FaultPlan::on(RequestMatch match, Times times, Faults faults) {
  on(std::move(match), times, [faults](const HttpRequest& request, const Handler& real) {
    if (!faults.reads_only) return real(request).with(faults);
    request.incoming->first(*faults.reads_only);
    return HttpReply{.status = 503}.with(faults);
  });
}

void FaultPlan::on(RequestMatch match, Times times, HttpReply reply) {
  on(std::move(match), times, [reply](const HttpRequest& request, const Handler&) {
    request.incoming->first(reply.faults.reads_only.value_or(request.incoming->size()));
    return reply;
  });
}

void FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

HttpReply FaultPlan::answer(const HttpRequest& request, const Handler& real) {
  const auto action = choose(request);
  return action ? action(request, real) : real(request);
}

FaultPlan::Action FaultPlan::choose(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  for (auto& rule : rules_) {
    if (!rule.match(request)) continue;
    const auto attempt = ++rule.attempts[request.method + ' ' + request.path + ' ' + range_of(request)];
    if (attempt < rule.times.from || attempt > rule.times.to || rule.hits >= rule.times.in_all) continue;
    ++rule.hits;
    return rule.action;
  }
  return nullptr;
}

}  // namespace regtool
