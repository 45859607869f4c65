#include "two_stores.hpp"

namespace regtool {

TwoStores::TwoStores() {
  user_.configure(R"({"stores": {"second": {"plugin": "filesystem", "root": "second"},
                                 "layout": {"plugin": "oci-layout", "root": "layout"}}})");
}

lab::MadeModel TwoStores::make(const std::string& name, const lab::ModelShape& shape) {
  const auto slash = name.find('/'), colon = name.rfind(':');
  return lab::make_model(
      user_.store(), {name.substr(0, slash), name.substr(slash + 1, colon - slash - 1), name.substr(colon + 1)}, shape);
}

std::string TwoStores::regtool(const std::vector<std::string>& words) {
  const auto outcome = user_.regtool(words);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return outcome.out;
}

std::string TwoStores::shell(const std::string& script) {
  const auto outcome = user_.shell(script);
  EXPECT_EQ(outcome.status, 0) << script << "\n" << outcome.err;
  return outcome.out;
}

}  // namespace regtool
