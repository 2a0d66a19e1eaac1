@0xf963cc483d8f9e3a;

using Cxx = import "/capnp/c++.capnp";
using ApiSession = import "api-session.capnp";
using Grain = import "grain.capnp";
using Powerbox = import "powerbox.capnp";
$Cxx.namespace("sandstorm");

struct BridgeObjectId {
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

interface BridgeHttpSession extends(ApiSession.ApiSession, Grain.AppPersistent(BridgeObjectId)) {}

struct SessionInfo {
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
