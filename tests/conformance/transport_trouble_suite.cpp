// What goes wrong on the way, and being told to stop: the second half of TransportSuite.

#include "transport_suite.hpp"

#include <chrono>
#include <condition_variable>
#include <gmock/gmock.h>
#include <mutex>
#include <thread>

namespace regtool {
namespace {

// Set by one thread, awaited by another.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// So large that no socket's buffers hold it.
constexpr std::size_t large = 64 << 20;

// The contract says a second; a busy machine may need more, but never as long as a transport that just times out.
constexpr std::chrono::seconds soon{15};

class BrokenSource final : public Source {
 public:
  std::uint64_t size() const noexcept override { return 1000; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= 100) return fail(Errc::io, "a bad sector");
    return std::min<std::size_t>(out.size(), 100 - offset);
  }
};

Faults never_reads() {
  auto faults = stall_at(Moment::before_head());
  faults.reads_only = 0;
  return faults;
}

MATCHER_P(IsFailure, code, "") {
  if (!arg) return false;
  *result_listener << arg->message;
  return arg->code == code && arg->message.find("hush") == std::string::npos && !arg->message.empty();
}

TEST_P(TransportSuite, calls_a_refused_connection_unavailable) {
  EXPECT_THAT(failure(bench().refusing_url() + "/"), IsFailure(Errc::unavailable));
}

TEST_P(TransportSuite, calls_a_host_that_has_no_address_unavailable) {
  // RFC 6761: names under "invalid" never have one.
  EXPECT_THAT(failure("http://nobody.invalid/"), IsFailure(Errc::unavailable));
}

TEST_P(TransportSuite, calls_a_connection_that_ends_too_early_unavailable) {
  for (const auto moment : {Moment::before_head(), Moment::in_head(), Moment::in_body(0), Moment::in_body(4)}) {
    for (const auto framing : {Framing::length, Framing::chunked}) {
      for (const bool reset : {false, true}) {
        auto faults = cut_at(moment);
        faults.framing = framing;
        faults.reset = reset;
        const auto url = serve(HttpReply{.body = "0123456789"}.with(faults));
        EXPECT_THAT(failure(url + "/"), IsFailure(Errc::unavailable))
            << static_cast<int>(moment.at) << " framing " << static_cast<int>(framing) << " reset " << reset;
      }
    }
  }
}

TEST_P(TransportSuite, gives_an_answer_once_its_head_is_whole_and_not_before) {
  be_impatient();
  for (const auto make_faults : {cut_at, stall_at}) {
    for (const auto moment : {Moment::before_head(), Moment::in_head(), Moment::in_body(0)}) {
      const auto url = serve(HttpReply{.body = "0123456789"}.with(make_faults(moment)));
      const auto response = bench().transport().send(context(), {.url = url});
      EXPECT_EQ(response.has_value(), moment.at == Moment::At::in_body) << static_cast<int>(moment.at);
    }
  }
}

TEST_P(TransportSuite, calls_a_body_shorter_than_its_length_unavailable) {
  const auto url = serve(HttpReply{.body = "0123456789"}.with(declaring(11)));
  EXPECT_THAT(failure(url + "/"), IsFailure(Errc::unavailable));
}

TEST_P(TransportSuite, gives_what_came_before_a_cut) {
  const auto url = serve(HttpReply{.body = "0123456789"}.with(cut_at(Moment::in_body(4))));
  const auto response = bench().transport().send(context(), {.url = url});
  ASSERT_TRUE(response);
  std::string got;
  std::array<std::byte, 100> buffer;
  auto read = (*response)->read(buffer);
  for (; read && *read > 0; read = (*response)->read(buffer)) {
    got.append(reinterpret_cast<const char*>(buffer.data()), *read);
  }
  EXPECT_EQ(got, "0123");
  EXPECT_FALSE(read);
}

TEST_P(TransportSuite, calls_a_server_that_falls_silent_a_timeout) {
  be_impatient();
  for (const auto moment : {Moment::before_head(), Moment::in_head(), Moment::in_body(0), Moment::in_body(4)}) {
    const auto url = serve(HttpReply{.body = "0123456789"}.with(stall_at(moment)));
    EXPECT_THAT(failure(url + "/"), IsFailure(Errc::timeout)) << static_cast<int>(moment.at);
  }
}

TEST_P(TransportSuite, calls_a_server_that_stops_reading_a_timeout) {
  be_impatient();
  const auto url = serve(HttpReply{}.with(never_reads()));
  const auto body = memory_source(std::string(large, 'x'));
  EXPECT_THAT(failure({.method = Method::put, .url = url, .body = body.get()}), IsFailure(Errc::timeout));
}

TEST_P(TransportSuite, calls_what_is_not_http_a_breach_of_protocol) {
  for (const auto* bytes : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "\x16\x03\x01\x02garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"}) {
    EXPECT_THAT(failure(serve(HttpReply{}.with(raw_bytes(bytes))) + "/"), IsFailure(Errc::protocol)) << bytes;
  }
}

TEST_P(TransportSuite, hears_a_server_that_answers_before_it_has_read_the_body) {
  const auto body = memory_source(std::string(large, 'x'));
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{100'000}}) {
    const auto url = serve(HttpReply{.status = 413, .body = "too large"}.with(early_answer(bytes)));
    const auto response = bench().transport().send(context(), {.method = Method::put, .url = url, .body = body.get()});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ((*response)->status(), 413);
    EXPECT_EQ(*read_all(**response, 100), "too large");
  }
}

TEST_P(TransportSuite, passes_on_why_a_source_could_not_be_read) {
  const auto url = serve([](const HttpRequest& request) { return HttpReply{.body = request.body()}; });
  const BrokenSource source;
  EXPECT_THAT(failure({.method = Method::put, .url = url, .body = &source}), IsFailure(Errc::io));
}

TEST_P(TransportSuite, sends_nothing_once_it_was_stopped) {
  const auto url = serve([](const HttpRequest&) -> HttpReply {
    ADD_FAILURE() << "it was sent all the same";
    return {};
  });
  bench();
  stop();
  EXPECT_THAT(failure(url + "/"), IsFailure(Errc::cancelled));
}

TEST_P(TransportSuite, stops_while_it_waits_for_the_head) {
  Signal asked;
  const auto url = serve([&](const HttpRequest&) {
    asked.set();
    return HttpReply{}.with(stall_at(Moment::before_head()));
  });
  bench();
  const std::jthread stopper([&] {
    asked.wait();
    stop();
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(failure(url + "/"), IsFailure(Errc::cancelled));
  EXPECT_LT(std::chrono::steady_clock::now() - start, soon);
}

TEST_P(TransportSuite, stops_while_it_waits_for_the_body) {
  const auto url = serve(HttpReply{.body = "0123456789"}.with(stall_at(Moment::in_body(4))));
  const auto response = bench().transport().send(context(), {.url = url});
  ASSERT_TRUE(response) << response.error().message;
  const std::jthread stopper([&] { stop(); });
  const auto start = std::chrono::steady_clock::now();
  const auto body = read_all(**response, 100);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Errc::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, soon);
}

TEST_P(TransportSuite, gives_no_rest_of_a_body_once_it_was_stopped) {
  const auto url = serve(HttpReply{.body = std::string(large, 'x')});
  const auto response = bench().transport().send(context(), {.url = url});
  ASSERT_TRUE(response) << response.error().message;
  stop();
  const auto body = read_all(**response, large);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Errc::cancelled);
}

TEST_P(TransportSuite, stops_while_it_sends_the_body) {
  Signal asked;
  const auto url = serve([&](const HttpRequest&) {
    asked.set();
    return HttpReply{}.with(never_reads());
  });
  bench();
  const std::jthread stopper([&] {
    asked.wait();
    stop();
  });
  const auto body = memory_source(std::string(large, 'x'));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(failure({.method = Method::put, .url = url, .body = body.get()}), IsFailure(Errc::cancelled));
  EXPECT_LT(std::chrono::steady_clock::now() - start, soon);
}

TEST_P(TransportSuite, is_as_good_as_new_after_a_failure) {
  const auto bad = serve(HttpReply{.body = "0123456789"}.with(cut_at(Moment::in_body(4))));
  const auto good = serve(HttpReply{.body = "fine"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(failure(bad + "/"));
    EXPECT_EQ(get(good).body, "fine");
  }
}

}  // namespace
}  // namespace regtool
