#include "store_suite.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace regtool {

RefsSuite::RefsSuite() : under_test_(GetParam().make()) {}

void RefsSuite::link(std::string_view name, std::string_view manifest) {
  const auto linked = refs().link(ctx(), Reference::parse(name).value(), manifest);
  ASSERT_TRUE(linked) << linked.error().message;
}

std::string RefsSuite::resolve(std::string_view name) {
  const auto found = refs().resolve(ctx(), Reference::parse(name).value());
  EXPECT_TRUE(found) << found.error().message;
  return found->value_or("(absent)");
}

std::vector<std::string> RefsSuite::list() {
  const auto infos = refs().list(ctx());
  EXPECT_TRUE(infos) << infos.error().message;
  std::vector<std::string> names;
  for (const auto& info : *infos) {
    names.push_back(info.name.host() + "/" + info.name.repository() + ":" + info.name.tag());
  }
  return names;
}

TEST_P(RefsSuite, is_empty_at_first) {
  EXPECT_EQ(resolve("gemma"), "(absent)");
  EXPECT_TRUE(list().empty());
  EXPECT_FALSE(refs().unlink(ctx(), Reference::parse("gemma").value()).value());
}

TEST_P(RefsSuite, keeps_a_manifest_byte_for_byte) {
  const std::string manifest("{ \"a\" :\r\n\t1}\0\xff\n", 15);
  link("gemma:2b", manifest);
  EXPECT_EQ(resolve("gemma:2b"), manifest);
  EXPECT_EQ(resolve("gemma:7b"), "(absent)");
  under_test_->reopen();
  EXPECT_EQ(resolve("gemma:2b"), manifest);
}

TEST_P(RefsSuite, keeps_an_empty_manifest_apart_from_none) {
  link("gemma", "");
  EXPECT_EQ(resolve("gemma"), "");
}

TEST_P(RefsSuite, replaces_what_a_name_pointed_to) {
  link("gemma", "a long old manifest");
  link("gemma", "new");
  EXPECT_EQ(resolve("gemma"), "new");
  EXPECT_EQ(list().size(), 1u);
}

TEST_P(RefsSuite, takes_repositories_of_any_depth) {
  for (const char* name : {"localhost:5000/alpine:1", "h/a/b:1", "h/a/b/c/d:1", "[::1]:5000/n/m:1"}) {
    link(name, name);
    EXPECT_EQ(resolve(name), name);
  }
}

TEST_P(RefsSuite, compares_names_without_regard_to_case_and_keeps_the_first_spelling) {
  link("Me/Gemma:2B", "old");
  EXPECT_EQ(resolve("me/gemma:2b"), "old");
  link("ME/GEMMA:2b", "new");
  EXPECT_EQ(resolve("Me/Gemma:2B"), "new");
  EXPECT_EQ(list(), std::vector<std::string>{"registry.ollama.ai/Me/Gemma:2B"});
  EXPECT_TRUE(refs().unlink(ctx(), Reference::parse("me/gemma:2b").value()).value());
  EXPECT_TRUE(list().empty());
}

TEST_P(RefsSuite, refuses_a_manifest_of_more_than_4_mib) {
  constexpr std::size_t limit = 4 << 20;
  link("just", std::string(limit, 'x'));
  EXPECT_EQ(resolve("just").size(), limit);
  link("over", std::string(limit + 1, 'x'));
  const auto found = refs().resolve(ctx(), Reference::parse("over").value());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::corrupt);
}

TEST_P(RefsSuite, lists_by_host_then_repository_then_tag) {
  for (const char* name :
       {"b.example/n/m:1", "a.example/n/z:1", "a.example/n/m:b", "a.example/n/m:a", "a.example/a/m:z"}) {
    link(name, "x");
  }
  const std::vector<std::string> expected{"a.example/a/m:z", "a.example/n/m:a", "a.example/n/m:b", "a.example/n/z:1",
                                          "b.example/n/m:1"};
  EXPECT_EQ(list(), expected);
}

TEST_P(RefsSuite, says_when_a_name_was_linked) {
  link("gemma", "x");
  const auto infos = refs().list(ctx()).value();
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_GT(infos[0].modified, std::chrono::system_clock::now() - std::chrono::hours(1));
  EXPECT_LT(infos[0].modified, std::chrono::system_clock::now() + std::chrono::hours(1));
}

TEST_P(RefsSuite, unlinks_one_name_and_leaves_its_neighbours) {
  link("gemma:2b", "2b");
  link("gemma:7b", "7b");
  const auto name = Reference::parse("gemma:2b").value();
  EXPECT_TRUE(refs().unlink(ctx(), name).value());
  EXPECT_FALSE(refs().unlink(ctx(), name).value());
  EXPECT_EQ(resolve("gemma:2b"), "(absent)");
  EXPECT_EQ(resolve("gemma:7b"), "7b");
}

TEST_P(RefsSuite, ignores_the_scheme_and_the_pinned_digest_of_a_name) {
  link("http://localhost:5000/n/m:1@sha256:" + std::string(64, 'a'), "x");
  EXPECT_EQ(resolve("localhost:5000/n/m:1"), "x");
}

TEST_P(RefsSuite, shows_readers_the_old_manifest_or_the_new_one) {
  const std::string a(10'000, 'a');
  const std::string b(20'000, 'b');
  link("gemma", a);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    while (!done) {
      const auto found = refs().resolve(ctx(), Reference::parse("gemma").value());
      if (!found || !*found || (**found != a && **found != b)) ++wrong;
    }
  });
  for (int i = 0; i < 50; ++i) link("gemma", i % 2 == 0 ? b : a);
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(RefsSuite, links_and_unlinks_neighbours_at_once) {
  std::mutex mutex;
  std::set<std::string> wrong;
  const auto note = [&](const std::string& what) {
    const std::lock_guard lock(mutex);
    wrong.insert(what);
  };
  std::vector<std::thread> threads;
  for (const char* tag : {"a", "b", "c"}) {
    threads.emplace_back([&, tag] {
      const auto name = Reference::parse(std::string("h/n/m:") + tag).value();
      for (int i = 0; i < 50; ++i) {
        if (const auto linked = refs().link(ctx(), name, tag); !linked) note(linked.error().message);
        if (const auto found = refs().resolve(ctx(), name); !found)
          note(found.error().message);
        else if (*found != tag)
          note("not found");
        if (const auto gone = refs().unlink(ctx(), name); !gone)
          note(gone.error().message);
        else if (!*gone)
          note("not there to be unlinked");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::set<std::string>());
  EXPECT_TRUE(list().empty());
}

}  // namespace regtool
