#include "bundle_lab.hpp"

#include <gtest/gtest.h>

namespace regtool {

std::vector<Reference> BundleLab::names_of(const std::vector<std::string>& names) {
  std::vector<Reference> references;
  for (const auto& name : names) references.push_back(name_of(name));
  return references;
}

std::string BundleLab::exported(const std::vector<std::string>& names, const std::set<Digest>& without) {
  const auto plan = plan_bundle(from.fake.context(), from.toolkit(), names_of(names), without);
  if (!plan) ADD_FAILURE() << plan.error().message;
  if (!plan) return {};
  MemoryOutput out;
  const auto written = write_bundle(from.fake.context(), from.toolkit(), *archive, *plan, out);
  EXPECT_TRUE(written) << written.error().message;
  return out.bytes;
}

const ImportWay from_file{"file", [](BundleLab& lab, const std::string& bundle, const BundleChoice& choice) {
                            const auto source = memory_source(bundle);
                            return import_bundle(lab.to.fake.context(), lab.to.toolkit(), *lab.archive, *source,
                                                 choice);
                          }};

const ImportWay from_pipe{"pipe", [](BundleLab& lab, const std::string& bundle, const BundleChoice& choice) {
                            MemoryInput in(bundle);
                            return import_stream(lab.to.fake.context(), lab.to.toolkit(), *lab.archive, in, choice);
                          }};

}  // namespace regtool
