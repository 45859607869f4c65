#include "fault_matrix.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace regtool {
namespace {

constexpr const char* introduction = R"(# Reliability

<!-- Made by tests/core/engine/fault_page_test.cpp from the rows that the tests run. Change those, not this page. -->

What regtool does when the network, a registry or the storage behind it goes wrong. Each row is a test, run with one blob
of 24 MiB and with 60 blobs of 4 KiB where the fault can strike both, over a fake registry and with fake time.

* **moved**: how many times the model's bytes are moved at most, until it is done or given up.
* **waited**: how much time passes at most, apart from the transfer itself. For what succeeds it is that of one blob; blobs
  that wait do so side by side, as many as there are connections.
* After a failure no blob has a wrong byte, no name points to what is not whole, and the next run succeeds without moving
  more than the model has; after damage twice that at most, for what was under way and is kept may be damaged too.
* Every failure is one line. The defaults of [`transfer`](options.md) hold, but for parts of 1.5 MB in uploads.

What the local store may do is tested apart: each of its calls in turn fails, with a full disk and with an I/O error, in the
middle of a pull and of a push. Whatever was linked before stays whole, what is linked is whole, and the next run succeeds.
The same holds for the network: each request, and each read of an answer, fails in turn, is not heard of, or ends early
without a sign of it. With the default tries the run itself gets over it.

`kill -9` and a loss of power may come at any moment. Tests end a pull at every single call that changes a file, and
then take away what was not synced: bytes, sizes, names and folders, together or each for itself. What a name points
to is whole afterwards, whatever stands under a blob's name has the right bytes, and the next run goes on. A power
loss after a pull takes nothing of it away. A disk that once fails to sync a blob has lost it: it is fetched again
from the last point that is known to be safe. Several processes may pull, prune and remove at once on one store,
Ollama's own client among them, and where locks are granted to everybody, as on some network file systems: that may
cost bandwidth, never a wrong byte. Who prunes looks at the names again afterwards, and puts back what has come to be
needed in between; only a kill or a power loss within that moment leaves a model without a blob, which the next pull
of it fetches.
)";

const char* text_of(Errc error) {
  switch (error) {
    case Errc::not_found:
      return "not found";
    case Errc::unauthenticated:
      return "not authenticated";
    case Errc::forbidden:
      return "forbidden";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
    case Errc::corrupt:
      return "corrupt";
    case Errc::protocol:
      return "protocol";
    default:
      return "?";
  }
}

std::string outcome_text(const std::optional<Outcome>& outcome) {
  if (!outcome) return "";
  return outcome->error ? fmt::format("fails: {}", text_of(*outcome->error)) : "succeeds";
}

std::string bound_text(const char* direction, const std::optional<Outcome>& outcome) {
  if (!outcome) return "";
  return fmt::format("{}: {}×, {} s", direction, outcome->moved, outcome->time.count());
}

std::string bounds_text(const Fault& fault) {
  const auto pull = bound_text("pull", fault.pull), push = bound_text("push", fault.push);
  return pull + (pull.empty() || push.empty() ? "" : "; ") + push;
}

std::string page() {
  std::string text = introduction;
  for (const auto& [title, faults] : fault_matrix()) {
    text += fmt::format("\n## {}\n\n| fault | pull | push | what happens | moved, waited |\n", title);
    text += "| --- | --- | --- | --- | --- |\n";
    for (const auto& fault : faults) {
      text += fmt::format("| {} | {} | {} | {} | {} |\n", fault.what, outcome_text(fault.pull),
                          outcome_text(fault.push), fault.then, bounds_text(fault));
    }
  }
  return text;
}

TEST(ReliabilityPage, is_what_the_fault_matrix_says) {
  if (std::getenv("WRITE_PAGE") != nullptr) std::ofstream(RELIABILITY_PAGE) << page();
  std::ifstream file(RELIABILITY_PAGE);
  std::stringstream found;
  found << file.rdbuf();
  EXPECT_EQ(found.str(), page()) << "to bring it up to date: WRITE_PAGE=1 meson test faults";
}

}  // namespace
}  // namespace regtool
