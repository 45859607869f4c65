// The parts of the lab for scripts: makes a model, or runs a service until its input ends.

#include "ceph.hpp"
#include "model_maker.hpp"
#include "model_service.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace regtool::lab;

constexpr const char* usage =
    "Usage: lab model ROOT HOST NAMESPACE/MODEL TAG MIB\n"
    "           adds a model with weights of that size to the store at ROOT; prints the weights' digest\n"
    "       lab serve [RATE]\n"
    "           runs a registry with token authentication behind one origin until the input ends. Prints its host, "
    "and\n"
    "           then a line for each line of input: a public key that may push from now on, or \"served DIGEST\", "
    "which is\n"
    "           answered by the bytes of that blob that were sent. RATE caps each connection that downloads one (8m)\n"
    "       lab ceph OSDS\n"
    "           runs an S3 service until the input ends. Prints its URL, an access key and a secret key, and then a "
    "line "
    "for\n"
    "           each line of input: the name of a bucket to make, \"kill OSD\" or \"restart\" the gateway\n";

int model(const std::vector<std::string>& words) {
  const MadeModel made = make_model(words.at(1), {.host = words.at(2), .repository = words.at(3), .tag = words.at(4)},
                                    {.weights = std::stoull(words.at(5)) << 20});
  std::cout << made.weights << '\n';
  return 0;
}

int serve(const std::string& rate) {
  constexpr std::string_view question = "served ";
  const ModelService service({.rate = rate});
  std::cout << service.host() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with(question)) {
      std::cout << service.cdn().bytes_served(line.substr(question.size())) << std::endl;
    } else {
      service.register_key(line);
      std::cout << "registered" << std::endl;
    }
  }
  return 0;
}

int ceph(unsigned osds) {
  constexpr std::string_view kill = "kill ";
  Ceph ceph({.osds = osds});
  std::cout << ceph.url() << ' ' << ceph.owner().access_key << ' ' << ceph.owner().secret_key << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with(kill)) {
      ceph.kill_osd(static_cast<unsigned>(std::stoul(line.substr(kill.size()))));
    } else if (line == "restart") {
      ceph.kill_gateway();
      ceph.start_gateway();
    } else {
      ceph.make_bucket(line);
    }
    std::cout << "done" << std::endl;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 6 && words[0] == "model") return model(words);
    if (words.size() == 2 && words[0] == "ceph") return ceph(static_cast<unsigned>(std::stoul(words[1])));
    if (!words.empty() && words.size() <= 2 && words[0] == "serve")
      return serve(words.size() > 1 ? words[1] : std::string());
    std::cerr << usage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "lab: " << error.what() << '\n';
    return 1;
  }
}
