#include <regtool/encoding.hpp>
#include <regtool/source.hpp>

#include <algorithm>

namespace regtool {
namespace {

class MemorySource final : public Source {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}

  std::uint64_t size() const noexcept override { return bytes_.size(); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const noexcept override {
    if (offset >= bytes_.size()) return 0;
    const auto bytes = as_bytes(bytes_).subspan(offset);
    const auto count = std::min(bytes.size(), out.size());
    std::copy_n(bytes.begin(), count, out.begin());
    return count;
  }

 private:
  const std::string bytes_;
};

}  // namespace

std::unique_ptr<Source> memory_source(std::string bytes) { return std::make_unique<MemorySource>(std::move(bytes)); }

}  // namespace regtool
