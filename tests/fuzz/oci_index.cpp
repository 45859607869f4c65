#include <regtool/oci_index.hpp>

#include "fuzz.hpp"

// An index that is changed is one again, has what it should have, and has kept the rest.
void regtool::fuzz(std::string_view input) {
  (void)links_of(input);
  (void)media_type_of(input);
  const auto index = OciIndex::parse(std::string(input));
  if (!index) return require(index.error().message.find('\n') == std::string::npos);
  require(index->text() == input);
  for (const auto& entry : index->entries()) require(entry.where.end() <= input.size() && entry.where.length >= 2);
  static const auto name = Reference::parse("me/model:1").value();
  static const Descriptor manifest{Digest::parse("sha256:" + std::string(64, 'a')).value(), 7};
  const auto with = index->with(name, manifest, "application/vnd.oci.image.manifest.v1+json");
  if (!with) return;
  const auto* found = with->find(name);
  require(found != nullptr && found->blob == manifest);
  const auto without = with->without(name);
  if (!without) return;
  for (const auto& entry : without->entries()) require(!entry.name || !(*entry.name == name));
}
