// Bundles from foreign hands, and places that a bundle does not fit into: one line, and nothing is lost or linked.

#include "two_stores.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace regtool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

class BadBundle : public TwoStores {
 protected:
  BadBundle() {
    weights_ = make("registry.ollama.ai/demo/gemma:2b").weights.substr(0, 12);
    regtool({"export", "demo/gemma:2b", "good.tar"});
    shell("mkdir tree && tar -xf good.tar -C tree");
  }

  // Nothing is linked, and the error is one line with these words.
  void expect_refused(const std::vector<std::string>& words, int status, const std::string& why) {
    const auto outcome = user_.regtool(words);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    const auto line = outcome.err.substr(outcome.err.rfind('\n', outcome.err.size() - 2) + 1);
    EXPECT_THAT(line, AllOf(StartsWith("error: "), HasSubstr(why)));
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(fs::exists(second() / "manifests"));
  }

  std::string weights_;
};

TEST_F(BadBundle, is_refused_from_a_file_and_from_a_pipe) {
  const struct {
    const char *what, *script;  // makes bad.tar of tree
    int status;
    std::string why;
  } table[] = {
      {"a path that climbs", "touch x && tar -cPf bad.tar good.tar --transform 's|good.tar|../../escaped|'", 5,
       "leads out of the bundle"},
      {"an absolute path", "tar -cPf bad.tar \"$PWD/good.tar\"", 5, "leads out of the bundle"},
      {"a symbolic link", "ln -s /etc/passwd tree/blobs/sha256/$(printf 'a%.0s' {1..64}) && tar -cf bad.tar -C tree .",
       5, "is a symbolic link"},
      {"a hard link", "ln tree/index.json tree/manifest.json && tar -cf bad.tar -C tree .", 5, "is a hard link"},
      {"a pipe", "mkfifo tree/blobs/sha256/fifo && tar -cf bad.tar -C tree .", 5, "is a pipe"},
      {"a foreign file", "echo x > tree/run-me.sh && tar -cf bad.tar -C tree .", 5, "has no place in a bundle"},
      {"a sparse bomb", "truncate -s 1T tree/blobs/sha256/$(printf 'b%.0s' {1..64}) && tar -Scf bad.tar -C tree .", 5,
       "is a sparse file"},
      {"it is compressed", "gzip -c good.tar > bad.tar", 1, "compressed with gzip: decompress it first"},
      {"it is no archive", "head -c 100000 /dev/urandom > bad.tar", 1, "no tar archive"},
      {"it is empty", ": > bad.tar", 1, "no tar archive"},
      {"it is cut short", "head -c 500000 good.tar > bad.tar", 5, ""},
      {"it has no index", "rm tree/index.json && tar -cf bad.tar -C tree .", 5, "no index.json"},
      {"another layout", "echo '{\"imageLayoutVersion\":\"9\"}' > tree/oci-layout && tar -cf bad.tar -C tree .", 1,
       "not of version 1.0.0"},
      {"a large index", "head -c 5000000 /dev/zero | tr '\\0' ' ' >> tree/index.json && tar -cf bad.tar -C tree .", 5,
       "larger than 4 MiB"},
      {"a damaged blob",
       "f=$(find tree/blobs -size +500k) && printf x | dd of=$f conv=notrunc 2> /dev/null && "
       "tar -cf bad.tar -C tree .",
       5, weights_},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    shell("rm -rf tree bad.tar escaped second && mkdir tree && tar -xf good.tar -C tree");
    shell(row.script);
    expect_refused({"import", "bad.tar", "--store", "second"}, row.status, row.why);
    user_.run_through({"sh", "-c", "exec \"$@\" < bad.tar", "sh"});
    expect_refused({"import", "-", "--store", "second"}, row.status, row.why);
    user_.run_through({});
    EXPECT_FALSE(fs::exists(user_.home() / "escaped"));
    EXPECT_FALSE(fs::exists(user_.home().parent_path() / "escaped"));
  }
}

TEST_F(BadBundle, that_is_not_there) {
  expect_refused({"import", "nothing.tar", "--store", "second"}, 4, "there is no nothing.tar");
  shell("cp good.tar a.tar.001 && cp good.tar a.tar.003");
  expect_refused({"import", "a.tar", "--store", "second"}, 4, "a.tar.002 is missing");
  expect_refused({"export", "demo/gemma:2b", "x.tar", "--since", "nothing.tar"}, 4, "there is no nothing.tar");
}

TEST_F(BadBundle, whose_name_nobody_can_have_meant) {
  expect_refused({"import", "good.tar", "demo/phi", "--store", "second"}, 4,
                 "demo/phi:latest is not in the bundle; it has demo/gemma:2b");
  expect_refused({"export", "demo/gemma:2b"}, 2, "and then the file to write");
  expect_refused({"export", "demo/gemma:2b", "nowhere/x.tar"}, 4, "nowhere");
  expect_refused({"export", "demo/gemma:2b", "x.tar", "--split", "big"}, 2, "--split");
  expect_refused({"export", "demo/gemma:2b", "x.tar", "--split", "10"}, 2, "at least 1M");
  expect_refused({"export", "demo/gemma:2b", "/dev/null", "--force"}, 2, "no regular file");
  expect_refused({"export", "demo/gemma:2b", "second", "--store", "nothing"}, 2, "no store \"nothing\"");
  expect_refused({"cp", "demo/gemma:2b"}, 2, "DST is required");
  expect_refused({"cp", "demo/gemma:2b", "--to-store", "secnd"}, 2, "did you mean \"second\"?");
}

TEST_F(BadBundle, does_not_go_to_a_terminal) {
  const auto outcome = user_.shell("script -qec 'regtool export demo/gemma:2b -' /dev/null < /dev/null");
  EXPECT_THAT(outcome.out, HasSubstr("a terminal cannot show a bundle"));
}

TEST_F(BadBundle, that_does_not_fit_says_how_much_is_missing_and_leaves_nothing) {
  fs::create_directory(file("small"));
  const auto on_small_disk = [&](const std::string& command) {
    return user_.shell(
        fmt::format("unshare --mount bash -c \"mount -t tmpfs -o size=512k none small || exit 99; {}; "
                    "status=\\$?; find small -type f -size +100k; exit \\$status\"",
                    command));
  };
  if (on_small_disk("true").status != 0) GTEST_SKIP() << "needs the right to mount";
  const auto exported = on_small_disk("regtool export demo/gemma:2b small/x.tar");
  EXPECT_EQ(exported.status, 7) << exported.err;
  EXPECT_THAT(exported.err, HasSubstr("MB are needed"));
  EXPECT_EQ(exported.out, "");
  const auto imported = on_small_disk("regtool import good.tar --set store.root=small");
  EXPECT_EQ(imported.status, 7) << imported.err;
  EXPECT_THAT(imported.err, HasSubstr("MB are needed"));
  EXPECT_EQ(imported.out, "");
}

}  // namespace
}  // namespace regtool
