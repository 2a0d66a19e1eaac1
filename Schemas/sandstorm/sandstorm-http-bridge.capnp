@0xac137d236832bb1e;

using Cxx = import "/capnp/c++.capnp";
using Grain = import "grain.capnp";
using Identity = import "identity.capnp";
using Powerbox = import "powerbox.capnp";
$Cxx.namespace("sandstorm");

interface SandstormHttpBridge {
  getSandstormApi @0 () -> (api :Grain.SandstormApi);
  getSessionContext @1 (id :Text) -> (context :Grain.SessionContext);
  getSessionRequest @4 (id :Text) -> (requestInfo :List(Powerbox.PowerboxDescriptor));
  getSessionOffer @5 (id :Text) -> (offer :Capability, descriptor :Powerbox.PowerboxDescriptor);
  getSavedIdentity @2 (identityId :Text) -> (identity :Identity.Identity);
  saveIdentity @3 (identity :Identity.Identity);
}

interface AppHooks(AppObjectId) {
  getViewInfo @0 () -> Grain.UiView.ViewInfo;
  restore @1 (objectId :AppObjectId) -> (cap :Capability);
  drop @2 (objectId :AppObjectId);
}
