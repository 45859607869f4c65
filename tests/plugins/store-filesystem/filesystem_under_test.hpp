#pragma once
// A store in a folder that goes away with the test.

#include "common/folder_refs.hpp"
#include "common/folder_store.hpp"
#include "common/staging_leftovers.hpp"
#include "store_suite.hpp"
#include "temp_dir.hpp"

namespace regtool {

// At once where locks can be relied upon; this may run anywhere.
constexpr StoreTraits filesystem_traits{.gives_file_regions = true, .abandoned_after = std::chrono::hours(24)};

class FilesystemUnderTest : public StoreUnderTest {
 public:
  Store& store() override { return *store_; }
  Refs& refs() override { return *refs_; }

  Leftovers* leftovers() override { return leftovers_.get(); }

  void reopen() override {
    store_ = make_folder_store(root(), ollama_layout);
    refs_ = make_folder_refs(root());
    leftovers_ = make_staging_leftovers(StoreFolders(root(), ollama_layout));
  }

  void damage(const Digest& digest) override;

  std::filesystem::path root() const { return folder_ / "models"; }
  std::filesystem::path blob(const Digest& digest) const {
    return root() / "blobs" / ("sha256-" + std::string(digest.hex()));
  }

 private:
  const TempDir folder_;
  std::unique_ptr<Store> store_ = make_folder_store(root(), ollama_layout);
  std::unique_ptr<Refs> refs_ = make_folder_refs(root());
  std::unique_ptr<Leftovers> leftovers_ = make_staging_leftovers(StoreFolders(root(), ollama_layout));
};

}  // namespace regtool
