#include "CapabilityLedger.h"

namespace rpc = capnp::rpc;

namespace bcr {
namespace {

/// Whether the sender has to keep an object for as long as the receiver wants.
bool isLent(rpc::CapDescriptor::Reader descriptor) {
  switch (descriptor.which()) {
  case rpc::CapDescriptor::SENDER_HOSTED:
  case rpc::CapDescriptor::SENDER_PROMISE:
  case rpc::CapDescriptor::THIRD_PARTY_HOSTED: return true;
  default: return false;
  }
}

uint64_t lentBy(rpc::Payload::Reader payload) {
  uint64_t count = 0;
  for (auto descriptor : payload.getCapTable()) count += isLent(descriptor);
  return count;
}

} // namespace

void CapabilityHolder::lend(std::unordered_map<uint32_t, uint64_t> &loans, uint32_t question, uint64_t count) {
  if (count == 0) return;
  held += count;
  loans[question] = count;
}

void CapabilityHolder::settle(std::unordered_map<uint32_t, uint64_t> &loans, uint32_t question, bool isGivenBack) {
  if (loans.empty()) return;
  auto loan = loans.find(question);
  if (loan == loans.end()) return;
  if (isGivenBack) giveBack(loan->second);
  loans.erase(loan);
}

void CapabilityLedger::note(rpc::Message::Reader message, CapabilityHolder &sender, CapabilityHolder &receiver) {
  switch (message.which()) {
  case rpc::Message::CALL: {
    auto call = message.getCall();
    receiver.lend(receiver.params, call.getQuestionId(), lentBy(call.getParams()));
    break;
  }
  case rpc::Message::RETURN: {
    auto answer = message.getReturn();
    sender.settle(sender.params, answer.getAnswerId(), answer.getReleaseParamCaps());
    if (answer.isResults()) receiver.lend(receiver.results, answer.getAnswerId(), lentBy(answer.getResults()));
    break;
  }
  case rpc::Message::FINISH: {
    auto finish = message.getFinish();
    sender.settle(sender.results, finish.getQuestionId(), finish.getReleaseResultCaps());
    break;
  }
  case rpc::Message::RELEASE: sender.giveBack(message.getRelease().getReferenceCount()); break;
  case rpc::Message::RESOLVE: {
    auto resolve = message.getResolve();
    if (resolve.isCap() && isLent(resolve.getCap())) receiver.held++;
    break;
  }
  default: break;
  }
}

} // namespace bcr
