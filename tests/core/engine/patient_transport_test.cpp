#include "engine/patient_transport.hpp"

#include "fake_context.hpp"
#include "memory_transport.hpp"

#include <array>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using namespace std::chrono_literals;

TEST(PatientTransport, passes_on_an_answer_that_is_there_in_time) {
  FakeContext fake;
  MemoryTransport inner;
  inner.serve("https://a.test", [](const auto&) { return HttpReply{.status = 201, .body = "hello"}; });
  PatientTransport patient(inner, 10s);
  const auto response = patient.send(fake.context(), {Method::get, "https://a.test/"}).value();
  fake.clock.advance(9s);
  EXPECT_EQ(response->status(), 201);
  EXPECT_EQ(*read_all(*response, 100), "hello");
}

TEST(PatientTransport, gives_up_on_an_answer_that_goes_on) {
  FakeContext fake;
  MemoryTransport inner;
  inner.serve("https://a.test", [](const auto&) { return HttpReply{.body = "hello"}; });
  PatientTransport patient(inner, 10s);
  const auto response = patient.send(fake.context(), {Method::get, "https://a.test/"}).value();
  std::array<std::byte, 1> byte;
  EXPECT_EQ(*response->read(byte), 1u);
  fake.clock.advance(11s);
  EXPECT_EQ(response->read(byte).error().code, Errc::timeout);
}

TEST(PatientTransport, counts_from_the_request_on) {
  FakeContext fake;
  MemoryTransport inner;
  inner.serve("https://a.test", [&](const auto&) {
    fake.clock.advance(11s);
    return HttpReply{.body = "hello"};
  });
  PatientTransport patient(inner, 10s);
  const auto response = patient.send(fake.context(), {Method::get, "https://a.test/"}).value();
  EXPECT_EQ(read_all(*response, 100).error().code, Errc::timeout);
}

}  // namespace
}  // namespace regtool
