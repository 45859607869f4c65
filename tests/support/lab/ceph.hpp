#pragma once
// A real S3 service on loopback: Ceph 16 with its RADOS gateway.

#include "http_call.hpp"
#include "process.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace regtool::lab {

struct CephOptions {
  unsigned osds = 1;                  // with several, each object is on two of them
  std::uint64_t min_part = 5U << 20;  // bytes: what a part of an upload has at least, but for the last one
};

// Who may do what.
struct S3Account {
  std::string access_key;
  std::string secret_key;
};

// Methods throw std::runtime_error. Used by one thread at a time.
class Ceph {
 public:
  // Returns when it answers, after about ten seconds.
  explicit Ceph(const CephOptions& options = {});
  ~Ceph();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(gateway_port_); }
  const S3Account& owner() const noexcept { return owner_; }

  // Signed as the owner. `path` begins with the bucket.
  HttpReply call(const std::string& method, const std::string& path, const std::string& body = {},
                 const std::map<std::string, std::string>& headers = {}) const;

  // Of the owner's.
  void make_bucket(const std::string& name) const;

  // The first thousand keys that begin so.
  std::vector<std::string> keys(const std::string& bucket, const std::string& prefix = {}) const;

  // Somebody who may only read what the owner has; somebody with buckets of his own, and no more room than that.
  S3Account make_reader() const;
  S3Account make_user_with_quota(const std::string& name, std::uint64_t bytes) const;

  // By SIGKILL. The gateway comes back at the same port.
  void kill_osd(unsigned number);
  void kill_gateway();
  void start_gateway();

 private:
  void start_monitor();
  void make_osds(unsigned count);
  std::string ask(const std::string& program, const std::string& words) const;

  // By radosgw-admin; its failure comes with the state of the cluster.
  std::string administer(const std::string& words) const;

  TempDir folder_;
  std::uint16_t gateway_port_ = 0;
  S3Account owner_;
  std::unique_ptr<Process> monitor_, gateway_;
  std::vector<std::unique_ptr<Process>> osds_;
};

// Signed in the way that S3 had before SigV4: short, and nothing that regtool uses.
HttpReply s3_call(const std::string& endpoint, const S3Account& account, const std::string& method,
                  const std::string& path, const std::string& body = {},
                  std::map<std::string, std::string> headers = {});

}  // namespace regtool::lab
