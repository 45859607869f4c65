// The parts of the lab for scripts: makes a model, or runs the service until its input ends.

#include "model_maker.hpp"
#include "model_service.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace regtool::lab;

constexpr const char* usage =
    "Usage: lab model ROOT NAMESPACE/MODEL TAG MIB   adds a model with weights of that size to the store at ROOT\n"
    "       lab serve [RATE]   runs a registry with token authentication behind one origin until the input ends;\n"
    "                          prints its host, then reads the public keys that may use it, one a line;\n"
    "                          RATE caps each connection that downloads a blob (20m)\n";

int model(const std::vector<std::string>& words) {
  const MadeModel made = make_model(words.at(1), {.repository = words.at(2), .tag = words.at(3)},
                                    {.weights = std::stoull(words.at(4)) << 20});
  std::cout << made.weights << '\n';
  return 0;
}

int serve(const std::vector<std::string>& words) {
  const ModelService service({.rate = words.size() > 1 ? words[1] : std::string()});
  std::cout << service.host() << std::endl;
  for (std::string line; std::getline(std::cin, line);) service.register_key(line);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() == 5 && words[0] == "model") return model(words);
    if (!words.empty() && words.size() <= 2 && words[0] == "serve") return serve(words);
    std::cerr << usage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "lab: " << error.what() << '\n';
    return 1;
  }
}
