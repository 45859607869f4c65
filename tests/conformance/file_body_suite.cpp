// Bodies that are files: a transport may have the system send them, and must not be seen to.

#include "file_source.hpp"
#include "temp_dir.hpp"
#include "transport_suite.hpp"

#include <atomic>
#include <filesystem>
#include <gmock/gmock.h>
#include <semaphore>
#include <thread>

namespace regtool {
namespace {

// So large that no socket's buffers hold it.
constexpr std::size_t large = 64 << 20;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + (i >> 8));
  return bytes;
}

// A file of these bytes.
class File {
 public:
  explicit File(const std::string& bytes) { write_file(path(), bytes); }
  std::filesystem::path path() const { return folder_ / "file"; }

 private:
  TempDir folder_;
};

TEST_P(HttpTransportSuite, a_file_as_body_arrives_as_it_is_in_the_file) {
  const auto bytes = pattern(20 << 20);
  LoopbackServer server([](const HttpRequest& request) { return HttpReply{.body = request.body()}; });
  const File file(bytes);
  for (const Range part : {Range{0, bytes.size()}, Range{4096, 1 << 20}, Range{7, 100'000}, Range{13, 1}}) {
    const FileSource source(file.path(), part);
    for (const Range of_it : {Range{}, Range{part.length / 3, part.length - part.length / 3}}) {
      std::atomic<std::uint64_t> sent = 0;
      const auto response = transport().send(
          context(), {.method = Method::put, .url = server.url(), .body = &source, .body_range = of_it, .sent = &sent});
      ASSERT_TRUE(response) << response.error().message;
      const auto expected =
          of_it.empty() ? bytes.substr(part.first, part.length) : bytes.substr(part.first + of_it.first, of_it.length);
      EXPECT_TRUE(*read_all(**response, bytes.size()) == expected) << part.first << ' ' << part.length;
      EXPECT_EQ(sent, expected.size());
    }
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_P(HttpTransportSuite, a_file_as_body_is_counted_as_it_leaves) {
  std::atomic<std::uint64_t> sent = 0;
  std::uint64_t sent_when_half_was_there = 0;
  LoopbackServer server([&](const HttpRequest& request) {
    request.incoming->first(large / 2);
    sent_when_half_was_there = sent;
    request.body();
    return HttpReply{};
  });
  const File file(std::string(large, 'x'));
  const FileSource source(file.path(), {0, large});
  const auto response =
      transport().send(context(), {.method = Method::put, .url = server.url(), .body = &source, .sent = &sent});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_GT(sent_when_half_was_there, 0U);
  EXPECT_LT(sent_when_half_was_there, large);
  EXPECT_EQ(sent, large);
}

TEST_P(HttpTransportSuite, a_file_as_body_that_has_become_shorter_is_a_failure) {
  LoopbackServer server([](const HttpRequest& request) { return HttpReply{.body = request.body()}; });
  for (const std::uintmax_t left : {std::uintmax_t{0}, std::uintmax_t{5'000'000}}) {
    const File file(std::string(20 << 20, 'x'));
    const FileSource source(file.path(), {0, 20 << 20});
    std::filesystem::resize_file(file.path(), left);
    const auto error =
        failure_of(transport(), context(), {.method = Method::put, .url = server.url(), .body = &source});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, Errc::corrupt) << error->message;
    EXPECT_THAT(error->message, testing::HasSubstr("has become shorter"));
  }
}

TEST_P(HttpTransportSuite, a_file_as_body_is_not_sent_on_once_stopped) {
  std::binary_semaphore asked(0);
  LoopbackServer server([&](const HttpRequest&) {
    asked.release();
    auto faults = stall_at(Moment::before_head());
    faults.reads_only = 0;
    return HttpReply{}.with(faults);
  });
  const File file(std::string(large, 'x'));
  const FileSource source(file.path(), {0, large});
  const std::jthread stopper([&] {
    asked.acquire();
    stop();
  });
  const auto error = failure_of(transport(), context(), {.method = Method::put, .url = server.url(), .body = &source});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::cancelled);
}

TEST_P(HttpTransportSuite, a_file_as_body_does_not_keep_from_hearing_a_server_that_answers_early) {
  const File file(std::string(large, 'x'));
  const FileSource source(file.path(), {0, large});
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{100'000}}) {
    LoopbackServer server([bytes](const HttpRequest&) {
      return HttpReply{.status = 413, .body = "too large"}.with(early_answer(bytes));
    });
    const auto response = transport().send(context(), {.method = Method::put, .url = server.url(), .body = &source});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ((*response)->status(), 413);
    EXPECT_EQ(*read_all(**response, 100), "too large");
  }
}

}  // namespace
}  // namespace regtool
