@0xacf10e4407376d3f;

using Cxx = import "/capnp/c++.capnp";
using Identity = import "identity.capnp";
using Supervisor = import "supervisor.capnp";
$Cxx.namespace("sandstorm");

interface PersistentIdentity extends(Identity.Identity, Supervisor.SystemPersistent) {}
