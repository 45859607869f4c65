#pragma once
// Bundles in memory, for the tests of what makes them and what takes them.

#include <regtool/oci_index.hpp>

#include "archive-tar/tar_archive.hpp"
#include "digest_of.hpp"
#include "engine/export.hpp"
#include "engine/import.hpp"
#include "engine_lab.hpp"
#include "memory_streams.hpp"
#include "tar_text.hpp"

namespace regtool {

class BundleLab {
 public:
  // What is exported of the models under these names.
  std::string exported(const std::vector<std::string>& names, const std::set<Digest>& without = {});

  static Reference name_of(const std::string& name) { return *Reference::parse("registry.test/" + name); }
  static std::vector<Reference> names_of(const std::vector<std::string>& names);

  // Entries of a bundle made by hand.
  static std::string blob(std::string_view bytes) {
    return tar_file("blobs/sha256/" + std::string(digest_of(bytes).hex()), bytes);
  }
  static std::string layout() { return tar_file("oci-layout", oci_layout_text); }
  static std::string index(const std::string& manifest, const std::string& name = "ns/model") {
    const auto type = media_type_of(manifest);
    return tar_file("index.json", OciIndex().with(name_of(name), descriptor_of(manifest), type).value().text());
  }

  EngineLab from;
  EngineLab to;
  const std::unique_ptr<Archive> archive = make_tar_archive();
};

// The two ways in which a bundle comes.
struct ImportWay {
  std::string name;
  Result<std::vector<ImportedModel>> (*import)(BundleLab& lab, const std::string& bundle, const BundleChoice& choice);
};
extern const ImportWay from_file, from_pipe;

}  // namespace regtool
