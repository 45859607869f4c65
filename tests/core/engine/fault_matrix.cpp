#include "fault_matrix.hpp"

namespace regtool {

std::vector<FaultGroup> fault_matrix() {
  return {{"Connections", connection_faults()}, {"Bytes, ranges and lengths", content_faults()},
          {"Answers", answer_faults()},         {"Redirects and signed addresses", address_faults()},
          {"Mirrors", mirror_faults()},         {"Uploads", upload_faults()}};
}

}  // namespace regtool
