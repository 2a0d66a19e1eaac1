// How much a peer may ask of us: what is used up comes back with time.
#pragma once

#include "CCapnpRPC.h"

namespace bcr {

class Allowance {
public:
  Allowance(const bcr_limits &limits, void *context);

  /// Notes a message that the peer sent on its own account.
  void spend(uint64_t bytes) {
    if (isLimited()) left -= callCost + int64_t(bytes);
  }

  /// Notes a call of ours, which the peer may need some of its own for.
  void grant() {
    if (isLimited()) add(callsPerQuestion * callCost);
  }

  /// Nanoseconds until the peer may go on, 0 for at once.
  uint64_t wait() { return left > 0 || !isLimited() ? 0 : refill(); }

private:
  static constexpr int64_t callCost = 16384, callsPerQuestion = 64;

  uint64_t refill();
  bool isLimited() const { return limits.calls_per_second != 0; }
  int64_t perSecond() const { return int64_t(limits.calls_per_second) * callCost; }
  int64_t most() const { return perSecond() / 2; }
  void add(int64_t bytes) { left = bytes < most() - left ? left + bytes : most(); }

  const bcr_limits &limits;
  void *const context;
  int64_t left; // in bytes; less than nothing after the last message that was let through
  uint64_t filledAt, takenBytes = 0;
};

} // namespace bcr
