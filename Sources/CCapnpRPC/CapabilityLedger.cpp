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

bool CapabilityLedger::note(rpc::Message::Reader message, Side &sender, Side &receiver) {
  switch (message.which()) {
  case rpc::Message::BOOTSTRAP: sender.questions[message.getBootstrap().getQuestionId()] = {}; break;
  case rpc::Message::CALL: {
    auto call = message.getCall();
    Question question;
    question.params = lentBy(call.getParams());
    receiver.held += question.params;
    sender.questions[call.getQuestionId()] = question;
    break;
  }
  case rpc::Message::RETURN: noteReturn(message.getReturn(), sender, receiver); break;
  case rpc::Message::FINISH: return noteFinish(message.getFinish(), sender);
  case rpc::Message::RELEASE: sender.giveBack(message.getRelease().getReferenceCount()); break;
  case rpc::Message::RESOLVE: {
    auto resolve = message.getResolve();
    if (resolve.isCap() && isLent(resolve.getCap())) receiver.held++;
    break;
  }
  default: break;
  }
  return false;
}

void CapabilityLedger::noteReturn(rpc::Return::Reader answer, Side &sender, Side &receiver) {
  // An answer to nothing lends nothing: libcapnp ends the conversation over it.
  auto place = receiver.questions.find(answer.getAnswerId());
  if (place == receiver.questions.end() || place->second.isReturned) return;
  auto &question = place->second;
  question.isReturned = true;
  if (answer.getReleaseParamCaps()) sender.giveBack(question.params);
  if (answer.isResults() && !question.refusesResults) {
    question.results = lentBy(answer.getResults());
    receiver.held += question.results;
  }
  if (question.isFinished) receiver.questions.erase(place);
}

/// Returns whether the question was answered, and without objects.
bool CapabilityLedger::noteFinish(rpc::Finish::Reader finish, Side &sender) {
  auto place = sender.questions.find(finish.getQuestionId());
  if (place == sender.questions.end()) return false;
  auto &question = place->second;
  bool isForgettable = question.isReturned && question.results == 0;
  question.isFinished = true;
  question.refusesResults = finish.getReleaseResultCaps();
  if (question.refusesResults) sender.giveBack(question.results);
  if (question.isReturned) sender.questions.erase(place);
  return isForgettable;
}

} // namespace bcr
