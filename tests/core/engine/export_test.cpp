#include "engine/export.hpp"

#include <regtool/encoding.hpp>

#include "bundle_lab.hpp"
#include "engine/bundle_file.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regtool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Lab = BundleLab;
namespace fs = std::filesystem;

std::vector<std::string> paths_in(Archive& archive, const std::string& bundle) {
  MemoryInput in(bundle);
  const auto reader = archive.reader(in).value();
  std::vector<std::string> paths;
  for (auto entry = reader->next().value(); entry; entry = reader->next().value()) paths.push_back(entry->path);
  return paths;
}

std::string path_of(std::string_view bytes) { return "blobs/sha256/" + std::string(digest_of(bytes).hex()); }

TEST(ExportedBundle, has_the_index_first_then_manifests_configs_and_layers) {
  Lab lab;
  const auto weights = some_bytes(1000, 1), prompt = some_bytes(100, 2);
  const auto manifest = lab.from.keep("ns/model", {weights, prompt});
  EXPECT_THAT(paths_in(*lab.archive, lab.exported({"ns/model"})),
              ElementsAre("oci-layout", "index.json", path_of(manifest), path_of(R"({"model_format":"gguf"})"),
                          path_of(weights), path_of(prompt)));
}

TEST(ExportedBundle, has_what_models_share_once) {
  Lab lab;
  const auto shared = some_bytes(1000, 1), own = some_bytes(100, 2);
  lab.from.keep("ns/one", {shared});
  lab.from.keep("ns/two", {shared, own});
  const auto paths = paths_in(*lab.archive, lab.exported({"ns/one", "ns/two"}));
  EXPECT_EQ(paths.size(), 7U);
  EXPECT_EQ(std::ranges::count(paths, path_of(shared)), 1);
}

TEST(ExportedBundle, is_the_same_bytes_for_the_same_models_in_whatever_order) {
  Lab lab;
  lab.from.keep("ns/one", {some_bytes(1000, 1)});
  lab.from.keep("ns/two", {some_bytes(1000, 2)});
  const auto bundle = lab.exported({"ns/one", "ns/two"});
  EXPECT_EQ(lab.exported({"ns/two", "ns/one", "NS/One"}), bundle);
}

TEST(ExportedBundle, leaves_out_what_another_one_has_and_still_names_every_model) {
  Lab lab;
  const auto shared = some_bytes(1000, 1), own = some_bytes(100, 2);
  lab.from.keep("ns/two", {shared, own});
  const auto bundle = lab.exported({"ns/two"}, {digest_of(shared)});
  EXPECT_THAT(paths_in(*lab.archive, bundle), testing::Not(testing::Contains(path_of(shared))));
  EXPECT_THAT(bundle, HasSubstr("registry.test/ns/two:latest"));
}

TEST(ExportedBundle, is_not_made_of_damaged_blobs) {
  Lab lab;
  const auto weights = some_bytes(1000, 1);
  lab.from.keep("ns/model", {weights});
  const auto plan = plan_bundle(lab.from.fake.context(), lab.from.toolkit(), Lab::names_of({"ns/model"}), {}).value();
  lab.from.store.disk().put(digest_of(weights), some_bytes(1000, 9));
  MemoryOutput out;
  auto written = write_bundle(lab.from.fake.context(), lab.from.toolkit(), *lab.archive, plan, out);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::corrupt);
  EXPECT_THAT(written.error().message, HasSubstr("model " + std::string(digest_of(weights).brief()) + ": damaged"));
  ASSERT_TRUE(lab.from.store.remove(lab.from.fake.context(), digest_of(weights)));
  written = write_bundle(lab.from.fake.context(), lab.from.toolkit(), *lab.archive, plan, out);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("is missing from the store"));
}

TEST(ExportedBundle, is_of_models_that_are_there) {
  Lab lab;
  const auto plan = plan_bundle(lab.from.fake.context(), lab.from.toolkit(), Lab::names_of({"ns/model"}), {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::not_found);
}

// A store that counts what is read from it.
class CountingStore final : public Store {
 public:
  explicit CountingStore(Store& inner) : inner_(inner) {}
  Result<std::unique_ptr<Blob>> open(const Context& ctx, const Digest& digest) noexcept override {
    ++opened;
    return inner_.open(ctx, digest);
  }
  Result<std::unique_ptr<StagedObject>> stage(const Context& ctx, const Descriptor& what) noexcept override {
    return inner_.stage(ctx, what);
  }
  Result<> commit(const Context& ctx, std::span<Finished> blobs) noexcept override { return inner_.commit(ctx, blobs); }
  Result<bool> remove(const Context& ctx, const Digest& digest) noexcept override { return inner_.remove(ctx, digest); }
  Result<std::vector<BlobInfo>> list(const Context& ctx) noexcept override { return inner_.list(ctx); }

  int opened = 0;

 private:
  Store& inner_;
};

class ExportToFile : public testing::Test {
 protected:
  ExportToFile() {
    lab_.from.keep("ns/model", {weights_, small_});
    expected_ = lab_.exported({"ns/model"});
  }

  Result<> write(std::uint64_t volume = 0, bool replace = false) {
    const Toolkit tools{store_, lab_.from.refs, *lab_.from.verifier, lab_.from.settings, lab_.from.board};
    const auto ctx = lab_.from.fake.context();
    REGTOOL_TRY_ASSIGN(const auto plan, plan_bundle(ctx, tools, Lab::names_of({"ns/model"}), {}));
    REGTOOL_TRY_ASSIGN(const auto out, BundleOutput::open({file_, volume, replace}, plan.archive_bytes(), ctx.stop));
    return write_bundle(ctx, tools, *lab_.archive, plan, *out);
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  // What a killed run leaves.
  void leave(std::string_view bytes, const std::string& file = "models.tar.partial") const {
    write_file(folder_ / file, bytes);
  }

  Lab lab_;
  CountingStore store_{lab_.from.store};
  const TempDir folder_;
  const fs::path file_ = folder_ / "models.tar";
  const std::string weights_ = some_bytes(3'000'000, 1), small_ = some_bytes(100, 2);
  std::string expected_;
};

TEST_F(ExportToFile, is_the_same_as_to_a_pipe) {
  ASSERT_TRUE(write());
  EXPECT_TRUE(read_file(file_) == expected_);
  EXPECT_THAT(files(), ElementsAre("models.tar"));
}

TEST_F(ExportToFile, replaces_nothing_unless_told_to) {
  write_file(file_, "precious");
  const auto written = write();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::already_exists);
  EXPECT_EQ(read_file(file_), "precious");
  ASSERT_TRUE(write(0, true));
  EXPECT_TRUE(read_file(file_) == expected_);
}

TEST_F(ExportToFile, takes_up_what_a_killed_run_left) {
  leave(expected_.substr(0, expected_.find(small_) + 50));
  ASSERT_TRUE(write());
  EXPECT_TRUE(read_file(file_) == expected_);
  EXPECT_EQ(store_.opened, 1) << "config and weights come from what was there";
}

TEST_F(ExportToFile, does_not_rely_on_what_a_killed_run_left) {
  for (const auto at : {std::size_t{10}, expected_.find("index.json"), expected_.find(weights_) + 1'000'000}) {
    auto damaged = expected_.substr(0, expected_.find(small_));
    damaged[at] ^= 1;
    leave(damaged);
    ASSERT_TRUE(write(0, true));
    EXPECT_TRUE(read_file(file_) == expected_) << at;
  }
}

TEST_F(ExportToFile, keeps_nothing_of_an_earlier_run_that_had_more) {
  leave(expected_ + std::string(5000, 'x'));
  ASSERT_TRUE(write());
  EXPECT_TRUE(read_file(file_) == expected_);
}

TEST_F(ExportToFile, keeps_what_it_has_when_it_is_stopped) {
  leave(expected_.substr(0, 2'000'000));
  lab_.from.fake.stop();
  const auto written = write();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::cancelled);
  EXPECT_THAT(files(), ElementsAre("models.tar.partial"));
}

TEST_F(ExportToFile, removes_what_it_has_when_it_fails) {
  lab_.from.store.disk().put(digest_of(weights_), some_bytes(weights_.size(), 9));
  EXPECT_FALSE(write());
  EXPECT_TRUE(files().empty());
}

TEST_F(ExportToFile, in_volumes_is_the_same_bytes) {
  ASSERT_TRUE(write(1'000'000));
  EXPECT_THAT(files(), ElementsAre("models.tar.001", "models.tar.002", "models.tar.003", "models.tar.004"));
  std::string all;
  for (const auto& name : files()) all += read_file(folder_ / name);
  EXPECT_TRUE(all == expected_);
  EXPECT_EQ(fs::file_size(folder_ / "models.tar.001"), 1'000'000U);
}

TEST_F(ExportToFile, in_volumes_takes_up_what_a_killed_run_left) {
  leave(expected_.substr(0, 1'000'000), "models.tar.001.partial");
  leave(expected_.substr(1'000'000, 500'000), "models.tar.002.partial");
  leave("of a run with other volumes", "models.tar.004.partial");
  ASSERT_TRUE(write(1'000'000));
  std::string all;
  for (const auto& name : files()) all += read_file(folder_ / name);
  EXPECT_TRUE(all == expected_);
}

TEST_F(ExportToFile, in_volumes_replaces_another_bundle_wholly) {
  ASSERT_TRUE(write(500'000));
  EXPECT_FALSE(write(1'000'000));
  ASSERT_TRUE(write(1'000'000, true));
  EXPECT_EQ(files().size(), 4U);
  ASSERT_TRUE(write(0, true));
  EXPECT_THAT(files(), ElementsAre("models.tar"));
  ASSERT_TRUE(write(1'000'000, true));
  EXPECT_EQ(files().size(), 4U);
}

TEST_F(ExportToFile, is_refused_where_no_file_can_be) {
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
  const auto ctx = lab_.from.fake.context();
  auto opened = BundleOutput::open({folder_ / "nowhere/models.tar"}, 1, ctx.stop);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
  opened = BundleOutput::open({folder_.path(), 0, true}, 1, ctx.stop);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::invalid_argument);
  opened = BundleOutput::open({file_}, 1ULL << 60, ctx.stop);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::no_space);
  EXPECT_THAT(opened.error().message, HasSubstr("MB are needed"));
}

TEST_F(ExportToFile, waits_for_nobody_who_writes_the_same_file) {
  const auto ctx = lab_.from.fake.context();
  const auto first = BundleOutput::open({file_}, 1, ctx.stop).value();
  ASSERT_TRUE(first->write(as_bytes("x")));
  const auto second = BundleOutput::open({file_}, 1, ctx.stop);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
}

class BundleVolumes : public testing::Test {
 protected:
  std::string whole(const std::string& named) const {
    const auto source = open_bundle(folder_ / named);
    if (!source) return source.error().message.substr(source.error().message.find("tar"));
    std::string bytes((*source)->size(), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
      at += (*source)->read_at(at, std::as_writable_bytes(std::span(bytes)).subspan(at)).value();
    }
    return bytes;
  }

  const TempDir folder_;
};

TEST_F(BundleVolumes, are_found_by_the_bundles_name_and_by_that_of_the_first) {
  write_file(folder_ / "a.tar.001", "one ");
  write_file(folder_ / "a.tar.002", "two ");
  write_file(folder_ / "a.tar.003", "three");
  write_file(folder_ / "a.tar.txt", "no volume");
  EXPECT_EQ(whole("a.tar"), "one two three");
  EXPECT_EQ(whole("a.tar.001"), "one two three");
  write_file(folder_ / "a.tar", "the file itself");
  EXPECT_EQ(whole("a.tar"), "the file itself");
}

TEST_F(BundleVolumes, are_missed_where_later_ones_are_there) {
  write_file(folder_ / "a.tar.001", "one");
  write_file(folder_ / "a.tar.003", "three");
  EXPECT_EQ(whole("a.tar"), "tar.002 is missing, and others of its volumes are there");
}

TEST_F(BundleVolumes, are_not_made_up) {
  const auto source = open_bundle(folder_ / "a.tar");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::not_found);
}

}  // namespace
}  // namespace regtool
