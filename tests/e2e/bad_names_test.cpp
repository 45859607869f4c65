// Names that are none: refused before anything is looked at, by every command that takes one.

#include "bad_input.hpp"

namespace regtool {
namespace {

const std::string a_digest(64, 'a');

const struct {
  std::string name;
  std::string says;
} names[] = {
    {"", "is empty"},
    {" ", "model"},
    {":", "is empty"},
    {"model:", "tag is empty"},
    {"/model", "is empty"},
    {"host/ns//model", "is empty"},
    {"ns/model/", "is empty"},
    {"..", "model must begin"},
    {"../model", "must begin"},
    {"../../../etc/passwd", "must begin"},
    {"host/../../model", "must begin"},
    {"host/ns/..:tag", "must begin"},
    {"h/n/m:..", "tag must begin"},
    {"h/n/m:../../x", "character"},
    {"h/n/a..b", "\"..\""},
    {"h/n/m\\..\\x", "character"},
    {"h/n/m%2e%2e", "character"},
    {"user:correct-horse@host/ns/model", "user and no password"},
    {"h/n/m?x=y", "character"},
    {"h/n/m\nerror: x", "character"},
    {"ftp://host/ns/model", "http or https"},
    {"http://host:99999999/ns/model", "port"},
    {"[::1/ns/model", "IPv6"},
    {std::string(351, 'h') + "/ns/model", "longer than 350"},
    {"h/" + std::string(81, 'n') + "/model", "longer than 80"},
    {"h/n/" + std::string(81, 'm'), "longer than 80"},
    {"h/n/m:" + std::string(81, 't'), "longer than 80"},
    {"h/n/" + std::string(100'000, 'm'), "longer than 80"},
    {"h/n/m@sha256:" + a_digest.substr(1), "digest"},
    {"h/n/m@sha256:" + a_digest + "a", "digest"},
    {"h/n/m@sha256:" + a_digest.substr(1) + "g", "digest"},
    {"h/n/m@sha512:" + a_digest + a_digest, "digest"},
    {"h/n/m@sha256:../../../../etc/passwd", "digest"},
    {"h/n/m@", "digest"},
};

class BadName : public BadInput {
 protected:
  BadName() { keep_secret("correct-horse"); }
};

TEST_F(BadName, is_refused_by_pull) {
  for (const auto& row : names) expect_refused({"pull", row.name}, {2, {row.says}});
}

TEST_F(BadName, is_refused_as_the_target_of_a_push) {
  for (const auto& row : names) {
    if (!row.name.empty()) expect_refused({"push", "model", "--as", row.name}, {2, {row.says}});
  }
}

TEST_F(BadName, is_refused_by_every_command) {
  for (const auto* command : {"push", "show", "rm", "verify"}) {
    expect_refused({command, "../../../etc/passwd"}, {2, {"must begin"}});
  }
  expect_refused({"cp", "../a", "b"}, {2, {"must begin"}});
  expect_refused({"cp", "a", "../b"}, {2, {"must begin"}});
}

TEST_F(BadName, stops_a_command_before_its_good_names) {
  expect_refused({"pull", "127.0.0.1:1/ns/model", "../model"}, {2, {"must begin"}});
}

TEST_F(BadName, with_http_needs_leave_for_plain_http) {
  expect_refused({"pull", "http://127.0.0.1:1/ns/model"}, {2, {"plain HTTP", "--insecure"}});
}

TEST_F(BadName, of_a_host_where_nobody_listens_is_a_network_error) {
  const ClosedPort nobody;
  expect_refused({"pull", nobody.url() + "/ns/model", "--insecure"}, {6, {"refused"}});
}

}  // namespace
}  // namespace regtool
