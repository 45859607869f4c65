#include "ceph.hpp"

#include "server_start.hpp"

#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>

namespace regtool::lab {
namespace {

// What lets it run as root, without systemd, keys and manager; with little memory and disk; and start in seconds.
std::string configuration(const CephOptions& options, const TempDir& place, const std::string& id, std::uint16_t port) {
  return fmt::format(R"([global]
fsid = {0}
mon host = v2:127.0.0.1:{1}
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
admin socket =
pid file =
run dir = {2}
crash dir = {2}
log file =
debug bluestore = 0/0
debug bluefs = 0/0
debug bdev = 0/0
debug rocksdb = 0/0
debug osd = 0/0
debug ms = 0/0
debug rgw = 0/0
debug mon = 0/0
debug paxos = 0/0
mon data = {2}/mon
osd data = {2}/osd$id
mon data avail warn = 2
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 2000
mon osd min down reporters = 1
paxos propose interval = 0.05
osd crush update on start = false
osd pool default size = {3}
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd heartbeat interval = 1
osd heartbeat grace = 4
osd objectstore = bluestore
bluestore block size = 10737418240
bluestore cache autotune = false
bluestore cache size = 67108864
rgw data = {2}/gateway
rgw multipart min part size = {4}
[client]
ms mon client mode = crc
)",
                     id, port, place.path().string(), options.osds > 1 ? 2 : 1, options.min_part);
}

std::string random_uuid() {
  auto id = read_file("/proc/sys/kernel/random/uuid");
  id.pop_back();
  return id;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string base64(const unsigned char* bytes, unsigned size) {
  std::string text(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  return text;
}

std::string hmac_sha1(const std::string& key, const std::string& text) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), hash, &size);
  return base64(hash, size);
}

}  // namespace

HttpReply s3_call(const std::string& endpoint, const S3Account& account, const std::string& method,
                  const std::string& path, const std::string& body, std::map<std::string, std::string> headers) {
  const auto date = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::time(nullptr)));
  std::string amz;
  for (const auto& [name, value] : headers) {
    if (name.starts_with("x-amz-")) amz += name + ":" + value + "\n";
  }
  // Of a query only what names another thing than the object is signed; none of that is needed here.
  const auto text =
      fmt::format("{}\n\n{}\n{}\n{}{}", method, headers["Content-Type"], date, amz, path.substr(0, path.find('?')));
  headers["Date"] = date;
  headers["Authorization"] = "AWS " + account.access_key + ":" + hmac_sha1(account.secret_key, text);
  return http({.method = method, .url = endpoint + path, .headers = headers, .body = body});
}

Ceph::Ceph(const CephOptions& options) : owner_{"OWNER", "not-a-secret"} {
  on_free_port([&](std::uint16_t port) {
    const auto id = random_uuid();
    write_file(folder_ / "ceph.conf", configuration(options, folder_, id, port));
    std::filesystem::remove_all(folder_ / "mon");
    std::filesystem::create_directory(folder_ / "mon");
    run_checked({.words = {"monmaptool", "--create", "--clobber", "--fsid", id, "--addv", "a",
                           fmt::format("[v2:127.0.0.1:{}]", port), (folder_ / "monmap").string()}});
    start_monitor();
    return true;
  });
  make_osds(options.osds);
  administer(fmt::format("user create --uid owner --display-name owner --access-key {} --secret-key {}",
                         owner_.access_key, owner_.secret_key));
  on_free_port([&](std::uint16_t port) {
    gateway_port_ = port;
    start_gateway();
    return true;
  });
}

Ceph::~Ceph() = default;

// Runs one of Ceph's own programs to its end.
std::string Ceph::ask(const std::string& program, const std::string& words) const {
  std::vector<std::string> command{program, "-c", (folder_ / "ceph.conf").string()};
  for (auto& word : words_of(words)) command.push_back(std::move(word));
  return run_checked({.words = command});
}

std::string Ceph::administer(const std::string& words) const {
  try {
    return ask("radosgw-admin", words);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string(error.what()) + "\n" + ask("ceph", "--connect-timeout 5 status"));
  }
}

void Ceph::start_monitor() {
  const auto config = (folder_ / "ceph.conf").string();
  run_checked({.words = {"ceph-mon", "-c", config, "--mkfs", "-i", "a", "--monmap", (folder_ / "monmap").string()}});
  monitor_ = std::make_unique<Process>(Command{.words = {"ceph-mon", "-c", config, "-f", "-i", "a"}});
  await(*monitor_, "ceph-mon",
        [&] { return ask("ceph", "--connect-timeout 5 mon stat").find("quorum") != std::string::npos; });
}

void Ceph::make_osds(unsigned count) {
  const auto config = (folder_ / "ceph.conf").string();
  std::vector<std::unique_ptr<Process>> makers;
  for (unsigned i = 0; i < count; ++i) {
    const auto number = std::to_string(i);
    const auto id = random_uuid();
    std::filesystem::create_directory(folder_ / ("osd" + number));
    ask("ceph", "osd new " + id);
    makers.push_back(std::make_unique<Process>(
        Command{.words = {"ceph-osd", "-c", config, "-i", number, "--mkfs", "--osd-uuid", id}}));
  }
  for (unsigned i = 0; i < count; ++i) {
    if (makers[i]->wait(std::chrono::minutes(1)) != 0) throw std::runtime_error("ceph-osd --mkfs: " + makers[i]->err());
    ask("ceph", fmt::format("osd crush add osd.{0} 1.0 root=default host=h{0}", i));
    osds_.push_back(
        std::make_unique<Process>(Command{.words = {"ceph-osd", "-c", config, "-f", "-i", std::to_string(i)}}));
  }
  // Whoever asks earlier waits for the one that does not come up, without a word about it.
  const auto all_up = fmt::format(" {} up", count);
  for (const auto& osd : osds_) {
    await(*osd, "ceph-osd",
          [&] { return ask("ceph", "--connect-timeout 5 osd stat").find(all_up) != std::string::npos; });
  }
}

void Ceph::start_gateway() {
  gateway_ = std::make_unique<Process>(
      Command{.words = {"radosgw", "-c", (folder_ / "ceph.conf").string(), "-f", "-n", "client.rgw",
                        fmt::format("--rgw-frontends=beast endpoint=127.0.0.1:{} tcp_nodelay=1", gateway_port_)}});
  await(*gateway_, "radosgw", [&] { return http({.url = url() + "/"}).status == 200; });
}

void Ceph::kill_gateway() { gateway_.reset(); }

void Ceph::kill_osd(unsigned number) { osds_.at(number).reset(); }

HttpReply Ceph::call(const std::string& method, const std::string& path, const std::string& body,
                     const std::map<std::string, std::string>& headers) const {
  return s3_call(url(), owner_, method, path, body, headers);
}

void Ceph::make_bucket(const std::string& name) const {
  const auto reply = call("PUT", "/" + name);
  if (reply.status != 200) throw std::runtime_error("cannot make the bucket " + name + ": " + reply.body);
}

std::vector<std::string> Ceph::keys(const std::string& bucket, const std::string& prefix) const {
  constexpr std::string_view open = "<Key>", close = "</Key>";
  const auto body = call("GET", "/" + bucket + "?list-type=2&prefix=" + prefix).body;
  std::vector<std::string> keys;
  for (auto at = body.find(open); at != body.npos; at = body.find(open, at + 1)) {
    keys.push_back(body.substr(at + open.size(), body.find(close, at) - at - open.size()));
  }
  return keys;
}

S3Account Ceph::make_reader() const {
  administer(
      "subuser create --uid owner --subuser owner:reader --access read --key-type s3 --access-key READER "
      "--secret-key not-a-secret-either");
  return {"READER", "not-a-secret-either"};
}

S3Account Ceph::make_user_with_quota(const std::string& name, std::uint64_t bytes) const {
  const S3Account account{"KEY-OF-" + name, "not-a-secret"};
  administer(fmt::format("user create --uid {0} --display-name {0} --access-key {1} --secret-key {2}", name,
                         account.access_key, account.secret_key));
  administer(fmt::format("quota set --quota-scope user --uid {} --max-size {}", name, bytes));
  administer(fmt::format("quota enable --quota-scope user --uid {}", name));
  return account;
}

}  // namespace regtool::lab
