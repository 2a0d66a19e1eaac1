// How many objects each side of a conversation makes the other keep, counted from the messages alone.
#pragma once

#include <capnp/rpc.capnp.h>

#include <unordered_map>

namespace bcr {

/// One side: what it was given, and what it was given only until a question is over.
struct CapabilityHolder {
  uint64_t held = 0;
  std::unordered_map<uint32_t, uint64_t> params;  // by the question of ours that lent them
  std::unordered_map<uint32_t, uint64_t> results; // by the question of its own that they answered

  void lend(std::unordered_map<uint32_t, uint64_t> &loans, uint32_t question, uint64_t count);
  void settle(std::unordered_map<uint32_t, uint64_t> &loans, uint32_t question, bool isGivenBack);
  void giveBack(uint64_t count) { held -= count < held ? count : held; }
};

class CapabilityLedger {
public:
  /// Notes a message before it is handled or after it was made.
  void sent(capnp::rpc::Message::Reader message) { note(message, us, peer); }
  void received(capnp::rpc::Message::Reader message) { note(message, peer, us); }

  /// Objects of this side that the peer holds.
  uint64_t heldByPeer() const { return peer.held; }
  /// Objects of the peer that this side holds.
  uint64_t heldByUs() const { return us.held; }

private:
  static void note(capnp::rpc::Message::Reader message, CapabilityHolder &sender, CapabilityHolder &receiver);

  CapabilityHolder us, peer;
};

} // namespace bcr
