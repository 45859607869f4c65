#include "host/default_store.hpp"

namespace regtool {

std::string_view default_store() noexcept { return "filesystem"; }

}  // namespace regtool
