# An ApiSession that the host can save.
#
# Inside the host only: grains see the ApiSession part.

@0xa949cfa7be07085b;

using Cxx = import "/capnp/c++.capnp";
using ApiSession = import "api-session.capnp";
using Supervisor = import "supervisor.capnp";
$Cxx.namespace("sandstorm");

interface PersistentApiSession extends(ApiSession.ApiSession, Supervisor.SystemPersistent) {}
