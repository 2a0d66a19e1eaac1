#include "Allowance.h"

#include "Loop.h"

#include <algorithm>

namespace bcr {

Allowance::Allowance(const bcr_limits &limits, void *context)
    : limits(limits), context(context), left(most()), filledAt(bcr_loop::now()) {}

uint64_t Allowance::refill() {
  uint64_t now = bcr_loop::now();
  // After half a second all is there again.
  add(perSecond() * int64_t(std::min<uint64_t>(now - filledAt, 500000000) / 1000) / 1000000);
  filledAt = now;
  if (limits.taken_bytes != nullptr) {
    uint64_t taken = limits.taken_bytes(context);
    add(int64_t(taken - takenBytes));
    takenBytes = taken;
  }
  return left > 0 ? 0 : uint64_t(1 - left) * 1000000 / uint64_t(perSecond()) * 1000 + 1;
}

} // namespace bcr
