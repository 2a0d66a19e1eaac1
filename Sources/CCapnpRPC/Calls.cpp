#include "Objects.h"

struct bcr_call {
  bcr_loop &loop;
  bcr_on_return onReturn;
  void *context;
  kj::Maybe<capnp::AnyPointer::Pipeline> pipeline;
  kj::Maybe<kj::Promise<void>> waiting;
  bool isFree = false;

  void returned(const bcr_message *results, const bcr_error *error) {
    pipeline = nullptr; // else the other side keeps the results for us
    if (!isFree) onReturn(context, results, error);
  }

  void returned(const kj::Exception &exception) {
    bcr::ErrorView view(exception);
    returned(nullptr, &view.error);
  }

  void returned(capnp::Response<capnp::AnyPointer> &&response) {
    bool isDelivered = false;
    auto error = bcr::caught([&] {
      bcr::Flat flat(loop, response);
      isDelivered = true;
      returned(&flat.message, nullptr);
    });
    KJ_IF_MAYBE (exception, error) {
      if (!isDelivered) returned(*exception);
    }
  }
};

namespace {

void deleteCall(void *context) { delete static_cast<bcr_call *>(context); }

kj::Promise<void> send(bcr_call &call, capnp::Request<capnp::AnyPointer, capnp::AnyPointer> &&request) {
  auto remote = request.send();
  auto answer = kj::mv(kj::implicitCast<kj::Promise<capnp::Response<capnp::AnyPointer>> &>(remote));
  call.pipeline = kj::mv(kj::implicitCast<capnp::AnyPointer::Pipeline &>(remote));
  return answer.then(
      [&call](capnp::Response<capnp::AnyPointer> &&response) { call.returned(kj::mv(response)); },
      [&call](kj::Exception &&exception) { call.returned(exception); });
}

} // namespace

extern "C" {

bcr_capability *bcr_capability_retain(bcr_capability *capability) {
  capability->references++;
  return capability;
}

void bcr_capability_release(bcr_capability *capability) {
  if (--capability->references == 0) delete capability;
}

bcr_call *bcr_call_start(
    bcr_capability *target, uint64_t interface_id, uint16_t method_id, const bcr_payload *params,
    bcr_on_return on_return, void *context) {
  auto *call = new bcr_call{target->loop, on_return, context, nullptr, nullptr};
  kj::Promise<void> waiting = nullptr;
  auto error = bcr::caught([&] {
    auto request = target->client.typelessRequest(interface_id, method_id, bcr::size(params));
    bcr::put(request, params);
    waiting = send(*call, kj::mv(request));
  });
  KJ_IF_MAYBE (exception, error) {
    waiting = kj::evalLater([call, exception = kj::mv(*exception)] { call->returned(exception); });
  }
  call->waiting = waiting.eagerlyEvaluate([](kj::Exception &&) {});
  return call;
}

bcr_capability *bcr_call_pipeline(bcr_call *call, const uint16_t *path, size_t path_length) {
  kj::Maybe<capnp::Capability::Client> client;
  auto error = bcr::caught([&] {
    auto &pipeline = KJ_REQUIRE_NONNULL(call->pipeline, "the call has returned");
    auto field = pipeline.noop();
    for (size_t i = 0; i < path_length; i++) field = field.getPointerField(path[i]);
    client = capnp::Capability::Client(field.asCap());
  });
  KJ_IF_MAYBE (good, client) { return new bcr_capability(call->loop, kj::mv(*good)); }
  return new bcr_capability(call->loop, capnp::Capability::Client(kj::mv(KJ_ASSERT_NONNULL(error))));
}

void bcr_call_free(bcr_call *call) {
  call->isFree = true;
  call->pipeline = nullptr;
  // A promise may not be dropped by its own continuation, and this may be called from there.
  call->loop.post({&deleteCall, call});
}

} // extern "C"
