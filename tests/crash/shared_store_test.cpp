// Several processes on one store, each of which pulls, links and prunes what others do too.

#include "common/folder_refs.hpp"
#include "common/folder_store.hpp"
#include "common/staging_area.hpp"
#include "common/staging_leftovers.hpp"
#include "digest_of.hpp"
#include "engine/prune.hpp"
#include "engine/removal.hpp"
#include "engine_lab.hpp"
#include "file_history.hpp"
#include "ollama_neighbour.hpp"
#include "temp_dir.hpp"

#include <csignal>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <iostream>
#include <random>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace regtool {
namespace {

namespace fs = std::filesystem;

constexpr int processes = 4;
int rounds() {
  const char* size = std::getenv("REGTOOL_TEST_SIZE");
  return size != nullptr && std::string_view(size) == "large" ? 800 : 40;
}

// Layers that every model has a part of.
const std::vector<std::string>& pool() {
  static const auto bytes = [] {
    std::vector<std::string> made;
    for (unsigned i = 0; i < 6; ++i) made.push_back(some_bytes(20'000 + i, i));
    return made;
  }();
  return bytes;
}

// One of the processes: it has a model of its own, and moves it on to other layers again and again.
class Neighbour {
 public:
  Neighbour(const fs::path& root, int number)
      : root_(root),
        number_(number),
        name_("ns/model" + std::to_string(number)),
        store_(make_folder_store(root, ollama_layout)),
        refs_(make_folder_refs(root)) {
    lab_.settings.connections = 2;
  }

  // Others take away what has no name, and begin what we have begun: then a pull may fail, with a word about it.
  bool live_among_others() {
    among_others_ = true;
    return live();
  }

  // Others prune all the time: a pull may fail, with a word about it, but one that succeeds is whole.
  bool live_among_pruners() {
    may_fail_ = true;
    return live();
  }

  // Takes away whatever nobody needs, be it ever so young.
  bool prune_all_the_time() {
    const auto leftovers = make_staging_leftovers(StoreFolders(root_, ollama_layout), local::Locks::reliable);
    for (int round = 0; round < rounds(); ++round) {
      auto inventory = take_inventory(lab_.fake.context(), toolkit(), leftovers.get());
      if (!inventory) return complain(inventory.error().message);
      const auto plan = plan_prune(std::move(*inventory), {}, {});
      Pruned pruned;
      const auto done = prune(lab_.fake.context(), toolkit(), leftovers.get(), plan, pruned);
      if (!done) return complain(done.error().message);
    }
    return true;
  }

  bool live() {
    std::mt19937 random(static_cast<unsigned>(number_));
    for (int round = 0; round < rounds(); ++round) {
      std::vector<std::string> layers;
      for (const auto& bytes : pool()) {
        if (random() % 3 == 0) layers.push_back(bytes);
      }
      lab_.publish(name_, layers);
      const auto name = *Reference::parse("registry.test/" + name_);
      const auto pulled = pull(lab_.fake.context(), toolkit(), lab_.access, name, {});
      if (!pulled && (among_others_ || may_fail_) && pulled.error().transient()) continue;
      if (!pulled) return complain(pulled.error().message);
      for (const auto& bytes : layers) {
        if (!among_others_ && !has(bytes)) return complain("round " + std::to_string(round) + ": a layer is missing");
      }
      if (random() % 8 == 0 && !remove_model(lab_.fake.context(), toolkit(), name, true)) return complain("rm");
    }
    return true;
  }

 private:
  Toolkit toolkit() { return {*store_, *refs_, *lab_.verifier, lab_.settings, lab_.board}; }

  bool complain(const std::string& what) const {
    std::cerr << name_ << ": " << what << std::endl;
    return false;
  }

  // Now, or after whoever just took it away for want of a name has seen ours.
  bool has(const std::string& bytes) {
    for (int look = 0; look < 1000; ++look) {
      const auto blob = store_->open(lab_.fake.context(), descriptor_of(bytes).digest);
      if (blob && *blob) return true;
      ::usleep(1000);
    }
    return false;
  }

  const fs::path root_;
  const int number_;
  const std::string name_;
  bool among_others_ = false;
  bool may_fail_ = false;
  EngineLab lab_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Refs> refs_;
};

// Runs each in a process of its own; true if all end well.
bool side_by_side(const fs::path& root, const std::vector<std::function<bool()>>& lives) {
  std::vector<pid_t> children;
  for (const auto& live : lives) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      FileHistory history(root);
      const Watching watching(history);
      ::_exit(live() ? 0 : 1);
    }
    children.push_back(child);
  }
  bool good = true;
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    good = good && status == 0;
  }
  return good;
}

void expect_right_bytes(const fs::path& root) {
  for (const auto& entry : fs::directory_iterator(root / "blobs")) {
    const auto name = entry.path().filename().string();
    if (name.find("-partial") != name.npos) continue;
    EXPECT_EQ("sha256-" + std::string(digest_of(read_file(entry.path())).hex()), name);
  }
}

TEST(SharedStore, keeps_every_model_whole_while_processes_pull_and_prune_at_once) {
  const TempDir folder;
  const auto root = folder / "models";
  std::vector<std::function<bool()>> lives;
  for (int number = 0; number < processes; ++number) {
    lives.emplace_back([&root, number] { return Neighbour(root, number).live(); });
  }
  EXPECT_TRUE(side_by_side(root, lives));
  expect_right_bytes(root);
}

TEST(SharedStore, keeps_every_model_whole_while_one_process_prunes_all_the_time) {
  const TempDir folder;
  const auto root = folder / "models";
  fs::create_directories(root / "blobs");
  EXPECT_TRUE(side_by_side(root, {[&] { return Neighbour(root, 1).live_among_pruners(); },
                                  [&] { return Neighbour(root, 2).live_among_pruners(); },
                                  [&] { return Neighbour(root, 3).prune_all_the_time(); }}));
  expect_right_bytes(root);
}

TEST(SharedStore, gets_along_with_ollamas_own_client) {
  const TempDir folder;
  const auto root = folder / "models";
  const auto live = [&root](unsigned seed) {
    OllamaNeighbour ollama(root, seed);
    for (int round = 0; round < rounds(); ++round) {
      if (round % 8 == 0) ollama.prune();
      ollama.pull(pool()[static_cast<std::size_t>(round) % pool().size()]);
    }
    return true;
  };
  EXPECT_TRUE(side_by_side(root, {[&] { return live(1); }, [&] { return live(2); },
                                  [&] { return Neighbour(root, 1).live_among_others(); }}));
  Neighbour last(root, 2);
  EXPECT_TRUE(last.live());
  expect_right_bytes(root);
}

TEST(SharedStore, does_not_get_what_another_process_put_in_the_place_of_a_file_at_the_last_moment) {
  const TempDir folder;
  const StoreFolders folders(folder / "models", ollama_layout);
  const StagingArea area(folders, local::Locks::unreliable);
  const std::string bytes = "the right bytes";
  const auto target = folders.blob(descriptor_of(bytes).digest);
  const auto staged = area.take(&folders, descriptor_of(bytes)).value();
  ASSERT_TRUE(staged->write_at(0, std::as_bytes(std::span(bytes))));
  FileHistory history(folders.root());
  const Watching watching(history);
  history.before_next_rename([&] {
    fs::remove(staged->slot().path);
    write_file(staged->slot().path, "the ri");
  });
  EXPECT_FALSE(staged->publish(target).value());
  EXPECT_FALSE(fs::exists(target));
  EXPECT_EQ(read_file(staged->slot().path), "the ri");
}

// Each takes the others' files for abandoned ones, as on a network file system that grants every lock.
TEST(SharedStore, never_has_a_half_written_blob_where_locks_lie) {
  const TempDir folder;
  const auto root = folder / "models";
  const auto bytes = some_bytes(50'000);
  const auto what = descriptor_of(bytes);
  const StoreFolders folders(root, ollama_layout);
  fs::create_directories(folders.blobs());
  const auto live = [&] {
    const StagingArea area(folders, local::Locks::unreliable);
    for (int round = 0; round < rounds(); ++round) {
      const auto staged = area.take(&folders, what);
      if (!staged) continue;
      for (std::uint64_t at = 0; at < bytes.size(); at += 1'000) {
        const auto piece = std::string_view(bytes).substr(at, 1'000);
        if (!(*staged)->write_at(at, std::as_bytes(std::span(piece)))) return false;
      }
      if (!(*staged)->publish(folders.blob(what.digest))) return false;
      const auto found = make_folder_store(root, ollama_layout)->open(FakeContext().context(), what.digest);
      if (found && *found && (*found)->size() != bytes.size()) return false;
      std::string read(bytes.size(), '\0');
      if (found && *found && !(*found)->read_at(0, std::as_writable_bytes(std::span(read)))) return false;
      if (found && *found && read != bytes) return false;
    }
    return true;
  };
  EXPECT_TRUE(side_by_side(root, {live, live, live, live}));
}

}  // namespace
}  // namespace regtool
