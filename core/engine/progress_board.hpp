#pragma once
// What a progress display samples. Operations write, a display reads whenever it likes; nobody calls back.

#include <regtool/digest.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace regtool {

enum class TransferState : std::uint8_t {
  waiting,
  checking,  // a blob that is already there is being hashed, or the other side is asked for it
  moving,
  verifying,  // all bytes are there, the hash is not
  finished,
  present,  // was there already: nothing to move
};

// One transfer as a display sees it.
struct TransferView {
  std::string label;   // "model", "template", or the tensor's name
  std::string digest;  // brief
  TransferState state = TransferState::waiting;
  std::uint64_t done = 0;     // bytes; never falls
  std::uint64_t total = 0;    // bytes
  std::uint64_t resumed = 0;  // of `done`: bytes that an earlier run had moved
};

// One blob on its way. Thread-safe.
class Transfer {
 public:
  Transfer(std::string label, const Descriptor& what)
      : label_(std::move(label)), digest_(what.digest.brief()), total_(what.size) {}

  // What was moved is not said to have been there, should somebody look at it once more.
  void enter(TransferState state) noexcept {
    if (state != TransferState::present || state_ != TransferState::finished) state_ = state;
  }

  // `bytes` in all are there now, attempts that still run apart.
  void settle(std::uint64_t bytes) noexcept { settled_ = bytes; }
  void resume(std::uint64_t bytes) noexcept { settled_ = resumed_ = bytes; }

  // Bytes that ended attempts have sent, for good or not.
  std::uint64_t moved() const noexcept { return moved_; }

  // Counts the bytes of one try at sending: they count as done only as long as the try lives.
  class Attempt {
   public:
    explicit Attempt(Transfer& transfer);
    ~Attempt();
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    std::atomic<std::uint64_t>* counter() noexcept { return &sent_; }

   private:
    friend class Transfer;
    Transfer& transfer_;
    std::atomic<std::uint64_t> sent_{0};
  };

  TransferView view() const;

 private:
  const std::string label_;
  const std::string digest_;
  const std::uint64_t total_;
  std::atomic<TransferState> state_{TransferState::waiting};
  std::atomic<std::uint64_t> settled_{0};
  std::atomic<std::uint64_t> resumed_{0};
  std::atomic<std::uint64_t> moved_{0};
  mutable std::mutex mutex_;
  std::vector<const Attempt*> attempts_;
  mutable std::uint64_t shown_ = 0;  // what view() has said: it never says less
};

// The transfers of one operation. Thread-safe. What add() returns lives as long as the board.
class ProgressBoard {
 public:
  // The transfer of that blob: a new one, or the one that an earlier attempt of the operation has added.
  Transfer& add(std::string label, const Descriptor& what);

  // What goes on besides the transfers ("pulling manifest"), for the time when there are none yet.
  void enter(std::string phase);

  std::string phase() const;
  std::vector<TransferView> view() const;

 private:
  mutable std::mutex mutex_;
  std::string phase_;
  std::deque<Transfer> transfers_;
  std::map<Digest, Transfer*> by_digest_;
};

}  // namespace regtool
