#include "engine/import.hpp"

#include "bundle_lab.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::HasSubstr;
using Lab = BundleLab;

class Import : public testing::TestWithParam<ImportWay> {
 protected:
  Result<std::vector<ImportedModel>> import(const std::string& bundle, const BundleChoice& choice = {}) {
    return GetParam().import(lab_, bundle, choice);
  }

  // The only model's report.
  CopyReport imported(const std::string& bundle, const BundleChoice& choice = {}) {
    const auto models = import(bundle, choice);
    EXPECT_TRUE(models) << models.error().message;
    if (!models || models->size() != 1) return {};
    EXPECT_TRUE(models->front().outcome) << models->front().outcome.error().message;
    return models->front().outcome.value_or(CopyReport());
  }

  Error refused(const std::string& bundle, const BundleChoice& choice = {}) {
    const auto models = import(bundle, choice);
    EXPECT_FALSE(models);
    return models ? Error{Errc::internal, "it was not", std::nullopt} : models.error();
  }

  bool from_a_file() const { return GetParam().name == from_file.name; }

  BundleLab lab_;
  const std::string weights_ = some_bytes(20'000'000, 1), small_ = some_bytes(100, 2);
};

INSTANTIATE_TEST_SUITE_P(Ways, Import, testing::Values(from_file, from_pipe),
                         [](const auto& way) { return way.param.name; });

TEST_P(Import, gives_the_models_that_were_exported_byte_for_byte) {
  const auto one = lab_.from.keep("ns/one", {weights_, small_});
  const auto two = lab_.from.keep("ns/two", {small_});
  const auto models = import(lab_.exported({"ns/one", "ns/two"}));
  ASSERT_TRUE(models) << models.error().message;
  EXPECT_EQ(models->size(), 2U);
  EXPECT_EQ(lab_.to.stored("ns/one"), one);
  EXPECT_EQ(lab_.to.stored("ns/two"), two);
  EXPECT_TRUE(lab_.to.has(weights_));
  EXPECT_TRUE(lab_.to.has(small_));
}

TEST_P(Import, reports_what_it_moved) {
  lab_.from.keep("ns/model", {small_});
  const auto bundle = lab_.exported({"ns/model"});
  const auto first = imported(bundle);
  EXPECT_EQ(first.copied_blobs, 2U);
  EXPECT_EQ(first.copied_bytes, 123U);
  EXPECT_TRUE(first.changed);
  const auto second = imported(bundle);
  EXPECT_EQ(second.copied_blobs, 0U);
  EXPECT_FALSE(second.changed);
}

TEST_P(Import, shows_what_it_moved_as_moved) {
  lab_.from.keep("ns/model", {small_});
  const auto bundle = lab_.exported({"ns/model"});
  imported(bundle);
  for (const auto& transfer : lab_.to.board.view()) EXPECT_EQ(transfer.state, TransferState::finished);
}

TEST_P(Import, takes_the_models_that_are_named_and_nothing_of_the_others) {
  lab_.from.keep("ns/one", {weights_});
  const auto two = lab_.from.keep("ns/two", {small_});
  imported(lab_.exported({"ns/one", "ns/two"}), {Lab::names_of({"ns/two"})});
  EXPECT_EQ(lab_.to.stored("ns/two"), two);
  EXPECT_EQ(lab_.to.stored("ns/one"), "");
  EXPECT_FALSE(lab_.to.has(weights_));
}

TEST_P(Import, gives_one_model_another_name) {
  const auto manifest = lab_.from.keep("ns/model", {small_});
  imported(lab_.exported({"ns/model"}), {{}, Lab::name_of("ns/other")});
  EXPECT_EQ(lab_.to.stored("ns/other"), manifest);
  EXPECT_EQ(lab_.to.stored("ns/model"), "");
}

TEST_P(Import, takes_an_index_that_comes_last) {
  const auto manifest = lab_.from.keep("ns/model", {weights_, small_});
  const auto config = R"({"model_format":"gguf"})";
  imported(Lab::blob(small_) + Lab::blob(config) + Lab::blob(weights_) + Lab::blob(manifest) + Lab::index(manifest) +
           Lab::layout() + tar_end());
  EXPECT_EQ(lab_.to.stored("ns/model"), manifest);
  EXPECT_TRUE(lab_.to.has(weights_));
  EXPECT_TRUE(lab_.to.has(config));
  EXPECT_FALSE(lab_.to.has(manifest)) << "it is no blob of a store like Ollama's";
}

TEST_P(Import, leaves_nothing_of_what_turns_out_to_be_unwanted) {
  lab_.from.keep("ns/model", {small_});
  const auto manifest = lab_.from.keep("ns/model", {small_});
  imported(Lab::blob(weights_) + Lab::blob(small_) + Lab::blob(R"({"model_format":"gguf"})") + Lab::blob(manifest) +
           Lab::index(manifest) + tar_end());
  EXPECT_TRUE(lab_.to.has(small_));
  EXPECT_FALSE(lab_.to.has(weights_));
}

TEST_P(Import, takes_folders_and_what_docker_writes_beside_a_layout) {
  const auto manifest = lab_.from.keep("ns/model", {});
  imported(tar_entry({"./", '5'}, "") + tar_entry({"./blobs/", '5'}, "") + tar_file("manifest.json", "[]") +
           Lab::index(manifest) + Lab::blob(manifest) + Lab::blob(R"({"model_format":"gguf"})") + tar_end());
  EXPECT_EQ(lab_.to.stored("ns/model"), manifest);
}

TEST_P(Import, goes_on_where_an_earlier_run_was) {
  lab_.from.keep("ns/model", {weights_});
  lab_.to.store.disk().leave_staged(descriptor_of(weights_), weights_.substr(0, 12'000'000));
  imported(lab_.exported({"ns/model"}));
  EXPECT_TRUE(lab_.to.has(weights_));
  EXPECT_EQ(lab_.to.board.view()[0].resumed, 12'000'000U);
}

TEST_P(Import, gets_over_damage_in_what_an_earlier_run_left) {
  lab_.from.keep("ns/model", {weights_});
  lab_.to.store.disk().leave_staged(descriptor_of(weights_), some_bytes(12'000'000, 9));
  const auto bundle = lab_.exported({"ns/model"});
  if (!from_a_file()) {
    EXPECT_THAT(refused(bundle).message, HasSubstr("run the same command again"));
  }
  imported(bundle);
  EXPECT_TRUE(lab_.to.has(weights_));
}

TEST_P(Import, replaces_a_damaged_blob_of_the_store) {
  lab_.from.keep("ns/model", {small_});
  lab_.to.store.disk().put(digest_of(small_), some_bytes(100, 9));
  imported(lab_.exported({"ns/model"}));
  EXPECT_TRUE(lab_.to.has(small_));
}

TEST_P(Import, links_only_what_is_whole_and_says_what_is_missing) {
  lab_.from.keep("ns/base", {weights_});
  lab_.from.keep("ns/more", {weights_, small_});
  const auto whole = lab_.from.keep("ns/whole", {small_});
  const auto models = import(lab_.exported({"ns/more", "ns/whole"}, {digest_of(weights_)}));
  ASSERT_TRUE(models) << models.error().message;
  ASSERT_EQ(models->size(), 2U);
  ASSERT_FALSE((*models)[0].outcome);
  EXPECT_EQ((*models)[0].outcome.error().code, Errc::not_found);
  EXPECT_EQ((*models)[0].outcome.error().message,
            "neither the bundle nor the store has model " + std::string(digest_of(weights_).brief()) +
                ", 21 MB; import the bundle first that this one was made --since");
  EXPECT_TRUE((*models)[1].outcome);
  EXPECT_EQ(lab_.to.stored("ns/more"), "");
  EXPECT_EQ(lab_.to.stored("ns/whole"), whole);
}

TEST_P(Import, takes_from_the_store_what_the_bundle_leaves_out) {
  lab_.from.keep("ns/base", {weights_});
  const auto more = lab_.from.keep("ns/more", {weights_, small_});
  imported(lab_.exported({"ns/base"}));
  imported(lab_.exported({"ns/more"}, {digest_of(weights_)}));
  EXPECT_EQ(lab_.to.stored("ns/more"), more);
}

TEST_P(Import, publishes_no_damaged_blob) {
  lab_.from.keep("ns/model", {weights_});
  auto bundle = lab_.exported({"ns/model"});
  bundle[bundle.find(weights_) + 10'000'000] ^= 1;
  const auto error = refused(bundle);
  EXPECT_EQ(error.code, Errc::corrupt);
  EXPECT_THAT(error.message, HasSubstr("model " + std::string(digest_of(weights_).brief())));
  EXPECT_EQ(lab_.to.stored("ns/model"), "");
  EXPECT_FALSE(lab_.to.has(weights_));
  EXPECT_EQ(lab_.to.store.disk().staged_count(), 0U);
}

TEST_P(Import, takes_no_damaged_manifest) {
  const auto manifest = lab_.from.keep("ns/model", {small_});
  auto bundle = lab_.exported({"ns/model"});
  bundle[bundle.find(manifest)] = ' ';
  EXPECT_EQ(refused(bundle).code, Errc::corrupt);
  EXPECT_EQ(lab_.to.stored("ns/model"), "");
}

TEST_P(Import, stops_when_told_to) {
  lab_.from.keep("ns/model", {small_});
  const auto bundle = lab_.exported({"ns/model"});
  lab_.to.fake.stop();
  EXPECT_EQ(refused(bundle).code, Errc::cancelled);
}

TEST_P(Import, links_nothing_when_there_is_no_room) {
  lab_.from.keep("ns/model", {weights_});
  lab_.to.store.disk().set_capacity(1'000'000);
  const auto models = import(lab_.exported({"ns/model"}));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().code, Errc::no_space);
  EXPECT_EQ(lab_.to.stored("ns/model"), "");
}

TEST_P(Import, leaves_a_name_as_it_was_when_it_fails) {
  lab_.from.keep("ns/model", {small_});
  imported(lab_.exported({"ns/model"}));
  const auto before = lab_.to.stored("ns/model");
  lab_.from.keep("ns/model", {weights_});
  auto bundle = lab_.exported({"ns/model"});
  bundle[bundle.find(weights_)] ^= 1;
  refused(bundle);
  EXPECT_EQ(lab_.to.stored("ns/model"), before);
}

// One good model, with something bad around it.
class HostileBundle : public Import {
 protected:
  const std::string config_ = R"({"model_format":"gguf"})";
  const std::string manifest_ = lab_.from.keep("ns/model", {small_});
  const std::string head_ = Lab::layout() + Lab::index(manifest_) + Lab::blob(manifest_) + Lab::blob(config_);

  void expect_refused(const std::string& bundle, std::string_view why) {
    const auto error = refused(bundle);
    EXPECT_TRUE(error.code == Errc::corrupt || error.code == Errc::unsupported || error.code == Errc::protocol)
        << error.message;
    EXPECT_THAT(error.message, HasSubstr(std::string(why)));
    EXPECT_EQ(error.message.find('\n'), std::string::npos);
    EXPECT_EQ(lab_.to.stored("ns/model"), "");
    EXPECT_FALSE(from_a_file() && lab_.to.has(small_)) << "it was looked through before anything is written";
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, HostileBundle, testing::Values(from_file, from_pipe),
                         [](const auto& way) { return way.param.name; });

TEST_P(HostileBundle, is_refused_whole_wherever_the_bad_entry_is) {
  const std::string hex(64, 'a');
  const struct {
    std::string what, entry, why;
  } table[] = {
      {"an absolute path", tar_file("/etc/cron.d/x", "x"), "leads out of the bundle"},
      {"a path that climbs", tar_file("blobs/sha256/../../../x", "x"), "leads out of the bundle"},
      {"a backslash", tar_file("blobs\\x", "x"), "leads out of the bundle"},
      {"a symbolic link", tar_entry({"blobs/sha256/" + hex, '2', "/etc/passwd"}, ""), "is a symbolic link"},
      {"a hard link", tar_entry({"blobs/sha256/" + hex, '1', "index.json"}, ""), "is a hard link"},
      {"a device", tar_entry({"blobs/sha256/" + hex, '3'}, ""), "is a device"},
      {"a pipe", tar_entry({"index.json", '6'}, ""), "is a pipe"},
      {"a strange name", tar_file("README", "x"), "has no place in a bundle"},
      {"a folder elsewhere", tar_entry({"etc/", '5'}, ""), "has no place in a bundle"},
      {"another version", tar_file("oci-layout", R"({"imageLayoutVersion":"2.0.0"})"), "not of version 1.0.0"},
      {"a second index", tar_file("index.json", R"({"manifests":[]})"), "two index.json that differ"},
      {"a huge index", tar_entry({"index.json"}, std::string((4 << 20) + 1, ' ')), "larger than 4 MiB"},
      {"a blob twice, with other bytes", tar_file("blobs/sha256/" + std::string(digest_of(small_).hex()), "other"),
       "is there twice"},
      {"a head that is no head", std::string(512, 'x'), ""},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    expect_refused(head_ + Lab::blob(small_) + row.entry + tar_end(), row.why);
    ASSERT_TRUE(lab_.to.store.remove(lab_.to.fake.context(), digest_of(small_)));
  }
}

TEST_P(HostileBundle, that_has_not_the_sizes_that_it_says_is_refused) {
  const auto path = "blobs/sha256/" + std::string(digest_of(small_).hex());
  expect_refused(head_ + tar_file(path, small_ + "more") + tar_end(), "");
  expect_refused(head_ + tar_file(path, small_.substr(1)) + tar_end(), "");
  const auto manifest_path = "blobs/sha256/" + std::string(digest_of(manifest_).hex());
  expect_refused(Lab::index(manifest_) + tar_file(manifest_path, manifest_ + " ") + tar_end(), "");
}

TEST_P(HostileBundle, that_is_cut_short_is_refused) {
  lab_.from.keep("ns/model", {weights_});
  const auto bundle = lab_.exported({"ns/model"});
  for (const std::size_t length : {bundle.size() / 2, std::size_t{3000}}) {
    const auto error = refused(bundle.substr(0, length));
    EXPECT_EQ(error.code, Errc::corrupt) << error.message;
  }
  EXPECT_EQ(lab_.to.stored("ns/model"), "");
}

TEST_P(HostileBundle, without_an_index_is_none) {
  expect_refused(Lab::layout() + Lab::blob(small_) + tar_end(), "it has no index.json");
}

TEST_P(HostileBundle, with_an_index_that_cannot_be_read_is_refused) {
  expect_refused(tar_file("index.json", "{") + tar_end(), "index.json: not JSON");
}

TEST_P(HostileBundle, takes_a_blob_twice_with_the_same_bytes) {
  imported(head_ + Lab::blob(small_) + Lab::blob(small_) + Lab::index(manifest_) + tar_end());
  EXPECT_EQ(lab_.to.stored("ns/model"), manifest_);
}

}  // namespace
}  // namespace regtool
