// An independent program reads what regtool writes, and the other way round: the same bytes every time.

#include "docker_registry.hpp"
#include "two_stores.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Skopeo : public TwoStores {
 protected:
  // It takes Docker's manifests with no layers but Docker's own.
  Skopeo() { make(name_, {.weights = 8 << 20, .tensors = 10, .oci = true}); }

  void skopeo_copy(const std::string& from, const std::string& to) {
    shell(
        fmt::format("skopeo --insecure-policy --tmpdir \"$PWD\" copy -q --src-tls-verify=false --dest-tls-verify=false "
                    "--preserve-digests {} {}",
                    from, to));
  }

  void expect_second_is_the_same() { EXPECT_THAT(differences(user_.store(), second()), IsEmpty()); }

  lab::DockerRegistry registry_;
  const std::string name_ = registry_.host() + "/demo/gemma:2b";
};

TEST_F(Skopeo, takes_a_bundle_to_a_registry) {
  regtool({"export", name_, "models.tar"});
  skopeo_copy("oci-archive:models.tar:" + name_, "docker://" + name_);
  regtool({"pull", name_, "--insecure", "--store", "second"});
  expect_second_is_the_same();
}

TEST_F(Skopeo, brings_a_bundle_from_a_registry) {
  regtool({"push", name_, "--insecure"});
  skopeo_copy("docker://" + name_, "oci-archive:models.tar:" + name_);
  regtool({"import", "models.tar", "--store", "second"});
  expect_second_is_the_same();
  shell("regtool import - --store layout < models.tar");
  regtool({"verify", "--store", "layout"});
}

TEST_F(Skopeo, brings_a_bundle_without_a_name) {
  regtool({"push", name_, "--insecure"});
  skopeo_copy("docker://" + name_, "oci-archive:models.tar");
  const auto nameless = user_.regtool({"import", "models.tar", "--store", "second"});
  EXPECT_EQ(nameless.status, 4);
  EXPECT_THAT(nameless.err, HasSubstr("give it one with --as"));
  regtool({"import", "models.tar", "--store", "second", "--as", name_});
  expect_second_is_the_same();
}

TEST_F(Skopeo, reads_a_layout_by_the_name_that_regtool_shows) {
  regtool({"cp", name_, "gemma:2b", "--to-store", "layout"});
  EXPECT_THAT(regtool({"list", "--store", "layout"}), HasSubstr("\ngemma:2b "));
  skopeo_copy("oci:layout:gemma:2b", "docker://" + name_);
  regtool({"pull", name_, "--insecure", "--store", "second"});
  expect_second_is_the_same();
}

TEST_F(Skopeo, writes_a_layout_beside_what_is_there) {
  regtool({"push", name_, "--insecure"});
  regtool({"cp", name_, "mine", "--to-store", "layout"});
  skopeo_copy("docker://" + name_, "oci:layout:theirs:1");
  EXPECT_THAT(regtool({"list", "--store", "layout"}),
              testing::AllOf(HasSubstr("\nmine:latest "), HasSubstr("\ntheirs:1 ")));
  regtool({"cp", "theirs:1", name_, "--from-store", "layout", "--to-store", "second"});
  expect_second_is_the_same();
  regtool({"rm", "theirs:1", "--store", "layout"});
  regtool({"verify", "mine", "--store", "layout"});
}

TEST_F(Skopeo, has_its_layout_pushed_and_pulled_into) {
  regtool({"push", name_, "--insecure"});
  regtool({"pull", name_, "--insecure", "--store", "layout"});
  skopeo_copy("oci:layout:" + name_, "docker://" + registry_.host() + "/demo/copy:1");
  regtool({"push", name_, "--as", registry_.host() + "/demo/other:1", "--insecure", "--store", "layout"});
  shell(
      fmt::format("a=$(skopeo inspect --raw --tls-verify=false docker://{0}/demo/copy:1 | sha256sum) &&"
                  "b=$(skopeo inspect --raw --tls-verify=false docker://{0}/demo/other:1 | sha256sum) &&"
                  "[[ $a == \"$b\" ]]",
                  registry_.host()));
}

}  // namespace
}  // namespace regtool
