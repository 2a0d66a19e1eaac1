# What sandstorm-http-bridge keeps for itself.
#
# The object ids are stored by hosts, so every version of the bridge has to read those of every
# other.

@0xf963cc483d8f9e3a;

using Cxx = import "/capnp/c++.capnp";
using ApiSession = import "api-session.capnp";
using Grain = import "grain.capnp";
using Powerbox = import "powerbox.capnp";
$Cxx.namespace("sandstorm");

struct BridgeObjectId {
  # What the bridge saves: an object of the app, or one of its powerboxApis as granted to
  # somebody.

  union {
    application @0 :AnyPointer;
    httpApi @1 :HttpApi;
  }

  struct HttpApi {
    name @0 :Text;
    path @1 :Text;
    permissions @2 :List(Bool);
    identityId @3 :Data;
  }
}

interface BridgeHttpSession extends(ApiSession.ApiSession, Grain.AppPersistent(BridgeObjectId)) {
  # A granted API.
}

struct SessionInfo {
  # What a session was opened for.

  union {
    normal @0 :Void;
    request :group {
      requestInfo @1 :List(Powerbox.PowerboxDescriptor);
    }
    offer :group {
      offer @2 :Capability;
      descriptor @3 :Powerbox.PowerboxDescriptor;
    }
  }
}
