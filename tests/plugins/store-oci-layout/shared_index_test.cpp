// Several processes, and programs that know no lock, on one layout.

#include "base/system_clock.hpp"
#include "layout_under_test.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <thread>

namespace regtool {
namespace {

using testing::ElementsAre;

class SharedIndex : public LayoutTest {
 protected:
  SystemClock clock_;
  Context real_ctx(std::stop_token stop = {}) { return {std::move(stop), clock_, fake_.console}; }
};

TEST_F(SharedIndex, loses_no_name_that_another_process_links_at_once) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> processes;
  for (const char* model : {"a", "b", "c", "d"}) {
    processes.emplace_back([&, model] {
      OpenLayout process(root());
      for (int tag = 0; tag < 20; ++tag) {
        const auto name = Reference::parse(std::string(model) + ":" + std::to_string(tag)).value();
        if (!process.refs().link(real_ctx(), name, model)) ++failed;
      }
    });
  }
  for (auto& process : processes) process.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(names().size(), 80U);
}

TEST_F(SharedIndex, makes_a_change_again_that_a_program_without_locks_comes_in_between_of) {
  link("first", "{}");
  auto& index = layout_.open().index();
  const auto lock = index.lock(ctx()).value();
  int calls = 0;
  const auto replaced = index.replace(lock, [&](const OciIndex& now) {
    // It has read before us, and writes after.
    if (++calls == 1) write_file(root() / "index.json", index_of({entry_for("{}", image_type, "theirs")}));
    return now.with(Reference::parse("ours").value(), descriptor_of("{}"), image_type);
  });
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(calls, 3) << "the second is written, the third sees that it is there";
  EXPECT_THAT(names(), ElementsAre("ours:latest", "theirs:latest"));
}

TEST_F(SharedIndex, waits_for_the_lock_until_it_is_told_to_stop) {
  link("first", "{}");
  const auto held = layout_.open().index().lock(ctx()).value();
  std::stop_source stop;
  std::thread user([&] { stop.request_stop(); });
  OpenLayout other(root());
  const auto linked = other.refs().link(real_ctx(stop.get_token()), Reference::parse("b").value(), "{}");
  user.join();
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, Errc::cancelled);
}

TEST_F(SharedIndex, gives_up_when_nobody_lets_go_of_the_lock) {
  link("first", "{}");
  const auto held = layout_.open().index().lock(ctx()).value();
  OpenLayout other(root());
  const auto linked = other.refs().link(ctx(), Reference::parse("b").value(), "{}");
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code, Errc::unavailable);
}

TEST_F(SharedIndex, removes_no_manifest_that_is_linked_at_that_moment) {
  put("manifest");
  link("other", "{}");
  OpenLayout pruning(root());
  std::optional<LayoutIndex::Lock> held = layout_.open().index().lock(ctx()).value();
  bool removed = true;
  std::thread pruner([&] { removed = pruning.store().remove(real_ctx(), digest_of("manifest")).value_or(true); });
  // What link() does once it has the lock, and has found the blob.
  const auto linked = layout_.open().index().replace(*held, [](const OciIndex& now) {
    return now.with(Reference::parse("a").value(), descriptor_of("manifest"), image_type);
  });
  held.reset();
  pruner.join();
  ASSERT_TRUE(linked) << linked.error().message;
  EXPECT_FALSE(removed);
  EXPECT_TRUE(has("manifest"));
}

}  // namespace
}  // namespace regtool
