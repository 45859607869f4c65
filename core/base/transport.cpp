#include <regtool/transport.hpp>

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace regtool {

std::string_view to_string(Method method) noexcept {
  constexpr std::array names{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  return names[static_cast<std::size_t>(method)];
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const noexcept {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

Result<std::string> read_all(Response& response, std::size_t limit) {
  std::string body;
  std::array<std::byte, 16384> buffer;
  while (true) {
    REGTOOL_TRY_ASSIGN(const auto count, response.read(buffer));
    if (count == 0) return body;
    if (body.size() + count > limit) {
      return fail(Errc::protocol, "the answer is larger than " + std::to_string(limit) + " bytes");
    }
    body.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

}  // namespace regtool
