// How many objects each side of a conversation makes the other keep, counted from the messages alone.
#pragma once

#include <capnp/rpc.capnp.h>

#include <unordered_map>

namespace bcr {

class CapabilityLedger {
public:
  /// Notes a message before it is handled or after it was made.
  ///
  /// `sent` returns whether the peer can go on without it: it only tells that what is answered may be forgotten.
  bool sent(capnp::rpc::Message::Reader message) { return note(message, us, peer); }
  void received(capnp::rpc::Message::Reader message) { note(message, peer, us); }

  /// Objects of this side that the peer holds.
  uint64_t heldByPeer() const { return peer.held; }
  /// Objects of the peer that this side holds.
  uint64_t heldByUs() const { return us.held; }

private:
  /// A question from when it is asked until it is answered and finished.
  struct Question {
    uint64_t params = 0;  // objects lent along with it
    uint64_t results = 0; // objects lent along with its answer
    bool isReturned = false, isFinished = false, refusesResults = false;
  };

  /// What one side holds, and what it asked.
  struct Side {
    uint64_t held = 0;
    std::unordered_map<uint32_t, Question> questions;

    void giveBack(uint64_t count) { held -= count < held ? count : held; }
  };

  static bool note(capnp::rpc::Message::Reader message, Side &sender, Side &receiver);
  static void noteReturn(capnp::rpc::Return::Reader answer, Side &sender, Side &receiver);
  static bool noteFinish(capnp::rpc::Finish::Reader finish, Side &sender);

  Side us, peer;
};

} // namespace bcr
