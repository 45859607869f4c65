#pragma once
// What every Store, Refs and Leftovers must do. A backend's tests instantiate the suites with a StoreBackend of theirs.

#include <regtool/leftovers.hpp>
#include <regtool/refs.hpp>
#include <regtool/store.hpp>

#include "fake_context.hpp"

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace regtool {

// Where backends may differ.
struct StoreTraits {
  bool gives_file_regions = false;      // Source::file()
  bool readers_outlive_removal = true;  // Blob::read_at() after Store::remove(); else Errc::not_found

  // Bytes, a multiple of 16: the tests of staging write so much at a time. For a store whose staged bytes cannot be
  // read again, what StagedFacts::hash_states_every is for a blob of ten such units.
  std::size_t unit = 10'000;

  // How long an unfinished blob must have lain before it counts as left over.
  std::chrono::hours abandoned_after{0};
};

// A store of its own for one test.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  virtual Refs& refs() = 0;

  // Goes on as a new process would, after the old one died. Whatever came from the old store was destroyed before.
  virtual void reopen() = 0;

  // Changes one byte of a published blob behind the store's back.
  virtual void damage(const Digest& digest) = 0;

  // Null where nothing can be left over.
  virtual Leftovers* leftovers() { return nullptr; }

  // From now on the medium takes no more bytes, or nothing on it can be changed, while no staged object is there. False
  // where that cannot be arranged here.
  virtual bool make_full() { return false; }
  virtual bool make_read_only() { return false; }
};

struct StoreBackend {
  std::string name;
  StoreTraits traits;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

inline std::string backend_name(const testing::TestParamInfo<StoreBackend>& info) { return info.param.name; }

class StoreSuite : public testing::TestWithParam<StoreBackend> {
 protected:
  StoreSuite();
  ~StoreSuite() override;

  const StoreTraits& traits() const { return GetParam().traits; }
  Store& store() { return under_test_->store(); }
  Context ctx() { return fake_.context(); }

  Verified prove(std::string_view bytes);
  std::unique_ptr<StagedObject> stage(std::string_view bytes);

  // What the staged bytes are hashed with, as whoever downloads does.
  Verification begin(const StagedObject& staged, std::string_view bytes);

  // Ten units of bytes, and ranges of them.
  std::string ten_units() const;
  RangeSet units(std::initializer_list<Range> list) const;

  // Writes those units of `bytes`, and checkpoints them, with the hash of what is there from the first byte on where
  // the store wants it.
  void write_and_checkpoint(StagedObject& staged, std::string_view bytes, const RangeSet& fresh);

  // Staged, written in one piece, committed.
  void publish(std::string_view bytes);

  // Absent is "(absent)".
  std::string read(const Digest& digest);

  FakeContext fake_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<StoreUnderTest> under_test_;
};

// For backends that can make their medium full and read-only.
class MediumSuite : public StoreSuite {
 protected:
  Refs& refs() { return under_test_->refs(); }

  // Where publishing ends.
  Result<> try_to_publish(std::string_view bytes);
};

class LeftoversSuite : public StoreSuite {
 protected:
  Leftovers& leftovers() { return *under_test_->leftovers(); }

  // An unfinished blob whose stager is gone, long enough ago.
  void leave(std::string_view bytes);
  void let_time_pass();

  std::vector<Leftover> list();
  std::vector<std::string> names();
};

class RefsSuite : public testing::TestWithParam<StoreBackend> {
 protected:
  RefsSuite();

  Refs& refs() { return under_test_->refs(); }
  Context ctx() { return fake_.context(); }
  void link(std::string_view name, std::string_view manifest);
  std::string resolve(std::string_view name);  // "(absent)" when it is
  std::vector<std::string> list();             // host/repository:tag

  FakeContext fake_;
  std::unique_ptr<StoreUnderTest> under_test_;
};

}  // namespace regtool
