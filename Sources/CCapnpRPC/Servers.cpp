#include "Objects.h"

struct bcr_incoming {
  bcr_loop &loop;
  kj::Maybe<capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer>> context;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> fulfiller;
  kj::Maybe<kj::Exception> error;
  bcr::Task onCancel = {nullptr, nullptr};
  uint32_t references = 2; // the caller's side and ours
  bool isAnswered = false;

  void release() {
    if (--references == 0) delete this;
  }

  void answer(kj::Maybe<kj::Exception> &&problem) {
    isAnswered = true;
    context = nullptr;
    KJ_IF_MAYBE (waiting, fulfiller) {
      KJ_IF_MAYBE (exception, problem) {
        (*waiting)->reject(kj::mv(*exception));
      } else {
        (*waiting)->fulfill();
      }
    } else {
      error = kj::mv(problem); // still within `on_call`
    }
    release();
  }

  /// The promise of the answer is dropped: answered, or nobody waits any more.
  void abandoned() {
    context = nullptr;
    fulfiller = nullptr;
    if (isAnswered || onCancel.run == nullptr) return release();
    loop.post({[](void *pointer) {
                 auto *incoming = static_cast<bcr_incoming *>(pointer);
                 if (!incoming->isAnswered) incoming->onCancel.run(incoming->onCancel.context);
                 incoming->release();
               },
               this});
  }
};

namespace {

class Server final : public capnp::Capability::Server {
public:
  Server(bcr_loop &loop, bool lendsData, bcr_on_call onCall, bcr::Task onDrop)
      : loop(loop), lendsData(lendsData), onCall(onCall), onDrop(onDrop) {}
  ~Server() noexcept(false) {
    // libcapnp may be in the middle of something here.
    if (onDrop.run != nullptr) loop.post(onDrop);
  }

  DispatchCallResult dispatchCall(
      uint64_t interfaceId, uint16_t methodId,
      capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer> context) override {
    bcr_incoming *incoming = nullptr;
    auto malformed = bcr::caught([&] {
      context.allowCancellation();
      bcr::Flat params(loop, context.getParams(), lendsData);
      bool isLent = params.message.data != nullptr;
      if (!isLent) context.releaseParams();
      incoming = new bcr_incoming{loop, context, nullptr, nullptr};
      onCall(onDrop.context, incoming, interfaceId, methodId, &params.message);
      if (isLent) context.releaseParams();
    });
    if (incoming == nullptr) return {kj::mv(KJ_ASSERT_NONNULL(malformed)), false};
    if (incoming->isAnswered) {
      kj::Promise<void> answer = kj::READY_NOW;
      KJ_IF_MAYBE (exception, incoming->error) { answer = kj::mv(*exception); }
      incoming->release();
      return {kj::mv(answer), false};
    }
    auto waiting = kj::newPromiseAndFulfiller<void>();
    incoming->fulfiller = kj::mv(waiting.fulfiller);
    return {waiting.promise.attach(kj::defer([incoming] { incoming->abandoned(); })), false};
  }

private:
  bcr_loop &loop;
  const bool lendsData;
  bcr_on_call onCall;
  bcr::Task onDrop;
};

} // namespace

struct bcr_fulfiller {
  kj::Own<kj::PromiseFulfiller<capnp::Capability::Client>> fulfiller;
};

extern "C" {

bcr_capability *bcr_server_create(
    bcr_loop *loop, bool lends_data, bcr_on_call on_call, bcr_task on_drop, void *context) {
  // `onDrop` carries the context also when nothing is to be called.
  return new bcr_capability(*loop, kj::heap<Server>(*loop, lends_data, on_call, bcr::Task{on_drop, context}));
}

void bcr_incoming_reply(bcr_incoming *incoming, const bcr_payload *results) {
  auto error = bcr::caught([&] {
    KJ_IF_MAYBE (context, incoming->context) { bcr::put(context->getResults(bcr::size(results)), results); }
  });
  incoming->answer(kj::mv(error));
}

void bcr_incoming_fail(bcr_incoming *incoming, bcr_error_kind kind, const char *text) {
  incoming->answer(bcr::exception(kind, text));
}

void bcr_incoming_on_cancel(bcr_incoming *incoming, bcr_task on_cancel, void *context) {
  incoming->onCancel = {on_cancel, context};
}

bcr_capability *bcr_promise_create(bcr_loop *loop, bcr_fulfiller **fulfiller) {
  auto pair = kj::newPromiseAndFulfiller<capnp::Capability::Client>();
  *fulfiller = new bcr_fulfiller{kj::mv(pair.fulfiller)};
  return new bcr_capability(*loop, capnp::Capability::Client(kj::mv(pair.promise)));
}

void bcr_fulfiller_resolve(bcr_fulfiller *fulfiller, bcr_capability *capability) {
  fulfiller->fulfiller->fulfill(capnp::Capability::Client(capability->client));
  delete fulfiller;
}

void bcr_fulfiller_reject(bcr_fulfiller *fulfiller, bcr_error_kind kind, const char *text) {
  fulfiller->fulfiller->reject(bcr::exception(kind, text));
  delete fulfiller;
}

bcr_capability *bcr_broken_create(bcr_loop *loop, bcr_error_kind kind, const char *text) {
  return new bcr_capability(*loop, capnp::Capability::Client(bcr::exception(kind, text)));
}

} // extern "C"
