# A UiView that the host can save: one grain as another may hold it.
#
# Inside the host only: grains see the UiView part.

@0xfe5c7cde99284f21;

using Cxx = import "/capnp/c++.capnp";
using Grain = import "grain.capnp";
using Supervisor = import "supervisor.capnp";
$Cxx.namespace("sandstorm");

interface PersistentUiView extends(Grain.UiView, Supervisor.SystemPersistent) {}
