#include "transport_suite.hpp"

#include "memory_transport.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <list>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace regtool {
namespace {

class LoopbackBench final : public TransportBench {
 public:
  explicit LoopbackBench(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

  Transport& transport() override { return *transport_; }
  std::string serve(Handler handler) override { return servers_.emplace_back(std::move(handler)).url(); }
  std::string refusing_url() override { return closed_.url(); }

 private:
  std::unique_ptr<Transport> transport_;
  std::list<LoopbackServer> servers_;
  ClosedPort closed_;
};

class MemoryBench final : public TransportBench {
 public:
  explicit MemoryBench(std::chrono::milliseconds patience) : transport_({.patience = patience}) {}

  Transport& transport() override { return transport_; }
  std::string serve(Handler handler) override {
    auto url = "http://server-" + std::to_string(++servers_) + ".test";
    transport_.serve(url, std::move(handler));
    return url;
  }
  std::string refusing_url() override { return "http://nobody.test"; }

 private:
  MemoryTransport transport_;
  unsigned servers_ = 0;
};

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + (i >> 8) * 7);
  return bytes;
}

}  // namespace

MakeBench over_loopback(MakeTransport make) {
  return [make](std::chrono::milliseconds patience) { return std::make_unique<LoopbackBench>(make(patience)); };
}

MakeBench in_memory() {
  return [](std::chrono::milliseconds patience) { return std::make_unique<MemoryBench>(patience); };
}

std::optional<Error> failure_of(Transport& transport, const Context& ctx, const Request& request) {
  auto response = transport.send(ctx, request);
  if (!response) return response.error();
  auto body = read_all(**response, std::size_t{1} << 30);
  return body ? std::nullopt : std::optional(body.error());
}

namespace {

TEST_P(TransportSuite, takes_any_status_for_an_answer) {
  const auto url = serve([](const HttpRequest& request) {
    return HttpReply{.status = std::stoi(request.path.substr(1)), .body = "words"};
  });
  for (const int status : {200, 201, 202, 206, 300, 301, 307, 400, 401, 403, 404, 407, 412, 416, 429, 500, 503, 599}) {
    const auto answer = get(url + '/' + std::to_string(status));
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, "words");
  }
}

TEST_P(TransportSuite, follows_no_redirect) {
  const auto elsewhere = serve([](const HttpRequest&) -> HttpReply {
    ADD_FAILURE() << "the redirect was followed";
    return {};
  });
  for (const int status : {301, 302, 303, 307, 308}) {
    const auto url = serve(HttpReply{.status = status, .headers = {{"Location", elsewhere + "/"}}});
    const auto answer = get(url + '/');
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.header("Location"), elsewhere + "/");
  }
}

TEST_P(TransportSuite, repeats_nothing) {
  std::atomic<int> requests = 0;
  for (const auto& reply :
       {HttpReply{.status = 503}, HttpReply{.status = 401}, HttpReply{.status = 429},
        HttpReply{}.with(cut_at(Moment::before_head())), HttpReply{}.with(cut_at(Moment::in_head())),
        HttpReply{.body = "words"}.with(cut_at(Moment::in_body(2)))}) {
    // A server of its own each: the request goes out on a fresh connection, of which nothing excuses a second try.
    const auto url = serve([&requests, reply](const HttpRequest&) {
      ++requests;
      return reply;
    });
    for (const auto method : {Method::get, Method::post}) {
      requests = 0;
      failure({.method = method, .url = url});
      EXPECT_EQ(requests, 1) << to_string(method) << ' ' << reply.status;
    }
  }
}

TEST_P(TransportSuite, sends_the_method_and_the_target_byte_for_byte) {
  const auto url = serve([](const HttpRequest& request) {
    return HttpReply{.headers = {{"Seen", request.method + ' ' + request.target}}};
  });
  for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del}) {
    for (const std::string target : {"/", "/a/b", "/a%2Fb%2f/%7E~/+?x=%2F&y=a+b&&z", "/a//b/../c/./d?", "/?q=%"}) {
      const auto answer = exchange(bench().transport(), context(), method, url + target);
      EXPECT_EQ(answer.header("Seen"), std::string(to_string(method)) + ' ' + target);
    }
  }
}

TEST_P(TransportSuite, asks_for_the_root_where_the_url_has_no_path) {
  const auto url = serve([](const HttpRequest& request) { return HttpReply{.body = request.target}; });
  EXPECT_EQ(get(url).body, "/");
}

TEST_P(TransportSuite, adds_no_header_but_those_it_is_allowed_to) {
  std::set<std::string> names;
  const auto url = serve([&](const HttpRequest& request) {
    for (const auto& [name, value] : request.headers) names.insert(name);
    return HttpReply{};
  });
  exchange(bench().transport(), context(), Method::get, url);
  exchange(bench().transport(), context(), Method::put, url, {}, "body");
  for (const auto& name : names) {
    EXPECT_THAT(name, testing::AnyOf("Host", "Content-Length", "Connection", "User-Agent"));
  }
}

TEST_P(TransportSuite, sends_the_headers_it_is_given_once_each_and_its_own_beside_them) {
  Headers seen;
  std::string host;
  const auto url = serve([&](const HttpRequest& request) {
    seen = request.headers;
    host = request.origin.substr(std::string("http://").size());
    return HttpReply{};
  });
  exchange(
      bench().transport(), context(), Method::get, url,
      {{"Accept", "a/b"}, {"accept", "c/d"}, {"User-Agent", "me/1"}, {"X-Empty", ""}, {"Authorization", "Bearer t"}});
  EXPECT_THAT(seen.all("ACCEPT"), testing::ElementsAre("a/b", "c/d"));
  EXPECT_THAT(seen.all("User-Agent"), testing::ElementsAre("me/1"));
  EXPECT_THAT(seen.all("X-Empty"), testing::ElementsAre(""));
  EXPECT_THAT(seen.all("Authorization"), testing::ElementsAre("Bearer t"));
  EXPECT_THAT(seen.all("Host"), testing::ElementsAre(host));
}

TEST_P(TransportSuite, gives_headers_whatever_their_case_and_every_one_of_a_name) {
  const auto url = serve(HttpReply{.headers = {{"X-Thing", "1"}, {"LINK", "a"}, {"link", "b"}, {"X-Empty", ""}}});
  const auto headers = get(url).headers;
  EXPECT_EQ(headers.get("x-thing"), "1");
  EXPECT_THAT(headers.all("Link"), testing::ElementsAre("a", "b"));
  EXPECT_EQ(headers.get("x-empty"), "");
  EXPECT_EQ(headers.get("x-missing"), std::nullopt);
}

TEST_P(TransportSuite, gives_bodies_of_every_size_and_framing_whole) {
  for (const std::size_t size : {0, 1, 4095, 4096, 65537, 5 << 20}) {
    for (const auto framing : {Framing::length, Framing::chunked, Framing::until_close}) {
      const auto body = pattern(size);
      const auto url = serve(HttpReply{.body = body}.with(framed(framing)));
      const auto got = get(url).body;
      EXPECT_TRUE(got == body) << size << " bytes, framing " << static_cast<int>(framing) << ", got " << got.size();
    }
  }
}

TEST_P(TransportSuite, gives_the_body_to_buffers_of_any_size) {
  const auto body = pattern(10'000);
  const auto url = serve(HttpReply{.body = body});
  for (const std::size_t size : {1, 7, 4096, 1 << 20}) {
    const auto response = bench().transport().send(context(), {.url = url});
    ASSERT_TRUE(response);
    std::string got;
    std::vector<std::byte> buffer(size);
    for (std::size_t count = 1; count > 0;) {
      const auto read = (*response)->read(buffer);
      ASSERT_TRUE(read) << read.error().message;
      count = *read;
      got.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
    EXPECT_TRUE(got == body) << "by " << size;
    EXPECT_EQ(*(*response)->read(buffer), 0U) << "the end stays the end";
  }
}

TEST_P(TransportSuite, tells_the_length_that_a_head_request_was_answered_with_and_gives_no_body) {
  const auto url = serve(HttpReply{.body = "0123456789"});
  for (int i = 0; i < 3; ++i) {
    const auto answer = exchange(bench().transport(), context(), Method::head, url);
    EXPECT_EQ(answer.header("Content-Length"), "10");
    EXPECT_EQ(answer.body, "");
  }
}

TEST_P(TransportSuite, expects_no_body_of_a_status_that_has_none) {
  const auto url = serve(
      [](const HttpRequest& request) { return HttpReply{.status = std::stoi(request.path.substr(1)), .body = "ok"}; });
  for (const auto& [path, body] : {std::pair("/204", ""), std::pair("/304", ""), std::pair("/200", "ok")}) {
    EXPECT_EQ(get(url + path).body, body) << path;
  }
}

TEST_P(TransportSuite, decodes_no_content_coding) {
  const auto url = serve(HttpReply{.headers = {{"Content-Encoding", "gzip"}}, .body = "not really gzip"});
  const auto answer = get(url);
  EXPECT_EQ(answer.body, "not really gzip");
  EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
}

TEST_P(TransportSuite, sends_the_part_of_the_source_that_it_is_told_to_and_counts_it) {
  const auto url = serve([](const HttpRequest& request) {
    return HttpReply{.headers = {{"Told", request.header("Content-Length")}}, .body = request.body()};
  });
  const auto source = memory_source("0123456789");
  for (const auto& [range, expected] : {std::pair(Range{}, "0123456789"), std::pair(Range{2, 5}, "23456"),
                                        std::pair(Range{9, 1}, "9"), std::pair(Range{0, 10}, "0123456789")}) {
    for (const auto method : {Method::put, Method::patch, Method::post}) {
      std::atomic<std::uint64_t> sent = 0;
      const auto response = bench().transport().send(
          context(), {.method = method, .url = url, .body = source.get(), .body_range = range, .sent = &sent});
      ASSERT_TRUE(response) << response.error().message;
      const std::string length((*response)->headers().get("Told").value_or(""));
      EXPECT_EQ(*read_all(**response, 100), expected);
      EXPECT_EQ(length, std::to_string(std::string(expected).size()));
      EXPECT_EQ(sent, std::string(expected).size());
    }
  }
}

TEST_P(TransportSuite, says_that_a_put_without_a_body_has_none) {
  const auto url =
      serve([](const HttpRequest& request) { return HttpReply{.body = request.header("Content-Length")}; });
  const auto empty = memory_source("");
  for (const auto method : {Method::put, Method::post, Method::patch}) {
    for (const Source* body : {static_cast<const Source*>(nullptr), static_cast<const Source*>(empty.get())}) {
      const auto response = bench().transport().send(context(), {.method = method, .url = url, .body = body});
      ASSERT_TRUE(response) << response.error().message;
      EXPECT_EQ(*read_all(**response, 100), "0") << to_string(method);
    }
  }
}

TEST_P(TransportSuite, sends_a_large_body_whole) {
  const auto body = pattern(20 << 20);
  const auto url =
      serve([&](const HttpRequest& request) { return HttpReply{.body = request.body() == body ? "same" : "not"}; });
  EXPECT_EQ(exchange(bench().transport(), context(), Method::put, url, {}, body).body, "same");
}

TEST_P(TransportSuite, may_be_used_by_many_threads) {
  const auto url = serve([](const HttpRequest& request) { return HttpReply{.body = request.target + request.body()}; });
  bench();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        const auto target = '/' + std::to_string(i) + '/' + std::to_string(k);
        const auto answer = exchange(bench().transport(), context(), Method::post, url + target, {}, "body");
        EXPECT_EQ(answer.body, target + "body");
      }
    });
  }
}

}  // namespace
}  // namespace regtool
