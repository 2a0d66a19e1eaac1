#include "Objects.h"
#include "Wire.h"

#include <capnp/rpc-twoparty.h>

using VatId = capnp::rpc::twoparty::VatId;
using Side = capnp::rpc::twoparty::Side;

namespace {

Side side(bcr_side side) { return side == bcr_server ? Side::SERVER : Side::CLIENT; }

capnp::RpcSystem<VatId> system(capnp::TwoPartyVatNetwork &network, bcr_capability *bootstrap) {
  if (bootstrap == nullptr) return capnp::makeRpcClient(network);
  return capnp::makeRpcServer(network, capnp::Capability::Client(bootstrap->client));
}

} // namespace

struct bcr_connection {
  bcr_connection(
      bcr_loop &loop, int descriptor, bcr_side side, bcr_capability *bootstrap, const bcr_limits &limits,
      bcr_on_disconnect onDisconnect, void *context)
      : loop(loop), peer(side == bcr_server ? Side::CLIENT : Side::SERVER), onDisconnect(onDisconnect),
        context(context), wire(loop, descriptor, limits, context), network(wire, ::side(side)),
        rpc(system(network, bootstrap)), ending(network.onDisconnect().then([this] { ended(); }).eagerlyEvaluate(nullptr)) {
    rpc.setFlowLimit(limits.flow_words);
    if (!wire.isWatched()) wire.fail(bcr::exception(bcr_disconnected, "the socket cannot be watched"));
  }

  void ended() {
    if (isClosed) return;
    bcr::ErrorView reason(wire.reason());
    onDisconnect(context, &reason.error);
  }

  capnp::Capability::Client bootstrap() {
    capnp::MallocMessageBuilder message(8);
    auto id = message.initRoot<VatId>();
    id.setSide(peer);
    return rpc.bootstrap(id);
  }

  bcr_loop &loop;
  const Side peer;
  const bcr_on_disconnect onDisconnect;
  void *const context;
  bool isClosed = false;
  bcr::Wire wire;
  capnp::TwoPartyVatNetwork network;
  capnp::RpcSystem<VatId> rpc;
  kj::Promise<void> ending;
};

extern "C" {

bcr_limits bcr_limits_default(void) { return {8 << 20, 1 << 20, 65536, 64 << 20, 16384, 64, 0, nullptr}; }

bcr_connection *bcr_connection_create(
    bcr_loop *loop, int descriptor, bcr_side side, bcr_capability *bootstrap, const bcr_limits *limits,
    bcr_on_disconnect on_disconnect, void *context) {
  return new bcr_connection(*loop, descriptor, side, bootstrap, *limits, on_disconnect, context);
}

bcr_capability *bcr_connection_bootstrap(bcr_connection *connection) {
  kj::Maybe<capnp::Capability::Client> client;
  auto error = bcr::caught([&] { client = connection->bootstrap(); });
  KJ_IF_MAYBE (good, client) { return new bcr_capability(connection->loop, kj::mv(*good)); }
  return new bcr_capability(connection->loop, capnp::Capability::Client(kj::mv(KJ_ASSERT_NONNULL(error))));
}

size_t bcr_connection_unsent(bcr_connection *connection) { return connection->wire.unsentBytes(); }

void bcr_connection_when_drained(bcr_connection *connection, bcr_task task, void *context) {
  connection->wire.whenDrained({task, context});
}

void bcr_connection_flush(bcr_connection *connection) { connection->wire.flush(); }

void bcr_connection_close(bcr_connection *connection) {
  connection->isClosed = true;
  connection->wire.flush();
  connection->wire.fail(bcr::exception(bcr_disconnected, "the connection was closed"));
  // This may be called by a continuation that belongs to the connection.
  connection->loop.post({[](void *context) {
                           auto *connection = static_cast<bcr_connection *>(context);
                           bcr::caught([&] { delete connection; });
                         },
                         connection});
}

} // extern "C"
