# What sandstorm-http-bridge offers to the app it runs.
#
# The app connects to the socket /tmp/sandstorm-api inside its grain; its bootstrap is a
# SandstormHttpBridge. An app whose configuration says expectAppHooks gives its own bootstrap as
# AppHooks on that connection.

@0xac137d236832bb1e;

using Cxx = import "/capnp/c++.capnp";
using Grain = import "grain.capnp";
using Identity = import "identity.capnp";
using Powerbox = import "powerbox.capnp";
$Cxx.namespace("sandstorm");

interface SandstormHttpBridge {
  getSandstormApi @0 () -> (api :Grain.SandstormApi);
  getSessionContext @1 (id :Text) -> (context :Grain.SessionContext);
  # The id is the X-Sandstorm-Session-Id of a request.

  getSessionRequest @4 (id :Text) -> (requestInfo :List(Powerbox.PowerboxDescriptor));
  # What the session was opened to find; only for sessions of type `request`.

  getSessionOffer @5 (id :Text) -> (offer :Capability, descriptor :Powerbox.PowerboxDescriptor);
  getSavedIdentity @2 (identityId :Text) -> (identity :Identity.Identity);
  # By X-Sandstorm-User-Id; needs saveIdentityCaps.

  saveIdentity @3 (identity :Identity.Identity);
}

interface AppHooks(AppObjectId) {
  # What an app can do itself where the bridge would act by its configuration.

  getViewInfo @0 () -> Grain.UiView.ViewInfo;
  restore @1 (objectId :AppObjectId) -> (cap :Capability);
  # The app's own id of an object it saved: what its AppPersistent.save gave the host. An id that is
  # a struct has to be a BridgeObjectId with the app's id as `application`, which is then what comes
  # here; a text, data or any other list comes back as it is.

  drop @2 (objectId :AppObjectId);
}
