#pragma once
// A layout in a folder that goes away with the test.

#include "common/folder_store.hpp"
#include "common/staging_leftovers.hpp"
#include "digest_of.hpp"
#include "store-oci-layout/oci_refs.hpp"
#include "store-oci-layout/oci_store.hpp"
#include "store_suite.hpp"
#include "temp_dir.hpp"
#include "test_verifier.hpp"

namespace regtool {

// What one process has open of a layout.
class OpenLayout {
 public:
  explicit OpenLayout(const std::filesystem::path& root)
      : index_(std::make_shared<LayoutIndex>(root)),
        blobs_(make_folder_store(root, oci_layout)),
        store_(make_oci_store(index_, blobs_)),
        refs_(make_oci_refs(index_, blobs_, *verifier_)),
        leftovers_(make_staging_leftovers(StoreFolders(root, oci_layout))) {}

  LayoutIndex& index() { return *index_; }
  Store& store() { return *store_; }
  Refs& refs() { return *refs_; }
  Leftovers& leftovers() { return *leftovers_; }
  Verifier& verifier() { return *verifier_; }

 private:
  const std::unique_ptr<Verifier> verifier_ = make_test_verifier();
  const std::shared_ptr<LayoutIndex> index_;
  const std::shared_ptr<Store> blobs_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Refs> refs_;
  const std::unique_ptr<Leftovers> leftovers_;
};

class LayoutUnderTest : public StoreUnderTest {
 public:
  Store& store() override { return open_->store(); }
  Refs& refs() override { return open_->refs(); }
  Leftovers* leftovers() override { return &open_->leftovers(); }
  void reopen() override { open_ = std::make_unique<OpenLayout>(root()); }
  void damage(const Digest& digest) override;

  std::filesystem::path root() const { return folder_ / "layout"; }
  std::filesystem::path blob(const Digest& digest) const { return root() / "blobs/sha256" / digest.hex(); }
  OpenLayout& open() { return *open_; }

 private:
  const TempDir folder_;
  std::unique_ptr<OpenLayout> open_ = std::make_unique<OpenLayout>(root());
};

// What the tests share.
class LayoutTest : public testing::Test {
 protected:
  Context ctx() { return fake_.context(); }
  Store& store() { return layout_.store(); }
  Refs& refs() { return layout_.refs(); }
  std::filesystem::path root() const { return layout_.root(); }

  void publish(std::string_view bytes);
  void link(std::string_view name, std::string_view manifest);
  bool unlink(std::string_view name);
  std::string resolve(std::string_view name);  // "(absent)" when it is
  std::vector<std::string> names();            // as they are shown
  std::vector<std::string> listed_blobs();     // their bytes
  bool has(std::string_view bytes) const { return std::filesystem::exists(layout_.blob(digest_of(bytes))); }
  std::string index() const { return read_file(root() / "index.json"); }

  // Puts bytes among the blobs as another program would.
  void put(std::string_view bytes) const { write_file(layout_.blob(digest_of(bytes)), bytes); }

  FakeContext fake_;
  LayoutUnderTest layout_;
};

// A manifest of one image with these layers, and no config.
std::string manifest_of(const std::vector<std::string>& layers);

// The entry of an index for some bytes.
std::string entry_for(std::string_view bytes, std::string_view media_type, std::string_view ref_name = {});

std::string index_of(const std::vector<std::string>& entries);

inline constexpr std::string_view image_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index_type = "application/vnd.oci.image.index.v1+json";

}  // namespace regtool
