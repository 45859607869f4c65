#include "tar_text.hpp"

#include <cstdio>
#include <numeric>

namespace regtool {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t link_at = 157, checksum_at = 148;

std::string octal(std::uint64_t number, int digits) {
  std::string text(static_cast<std::size_t>(digits) + 1, '\0');
  std::snprintf(text.data(), text.size(), "%0*llo", digits, static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

std::string tar_entry(const TarHead& head, std::string_view bytes, std::int64_t size) {
  std::string text(block, '\0');
  text.replace(0, head.path.size(), head.path);
  text.replace(100, 8, octal(0644, 7));
  text.replace(108, 8, octal(0, 7));
  text.replace(116, 8, octal(0, 7));
  text.replace(124, 12, octal(size < 0 ? bytes.size() : static_cast<std::uint64_t>(size), 11));
  text.replace(136, 12, octal(0, 11));
  text.replace(checksum_at, 8, 8, ' ');
  text[156] = head.type;
  text.replace(link_at, head.link.size(), head.link);
  text.replace(257, 8,
               std::string("ustar\0"
                           "00",
                           8));
  const auto sum = std::accumulate(text.begin(), text.end(), 0U,
                                   [](unsigned so_far, char c) { return so_far + static_cast<unsigned char>(c); });
  text.replace(checksum_at, 7, octal(sum, 6));
  text += bytes;
  text.resize((text.size() + block - 1) / block * block, '\0');
  return text;
}

std::string tar_end() { return std::string(2 * block, '\0'); }

}  // namespace regtool
