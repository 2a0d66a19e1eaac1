# An Identity that the host can save.
#
# Inside the host only: grains see the Identity part.

@0xacf10e4407376d3f;

using Cxx = import "/capnp/c++.capnp";
using Identity = import "identity.capnp";
using Supervisor = import "supervisor.capnp";
$Cxx.namespace("sandstorm");

interface PersistentIdentity extends(Identity.Identity, Supervisor.SystemPersistent) {}
