# Bodies of the bridge's little HTTP API at http://http-bridge/, as JSON.
#
# An app behind the bridge sends the request through the HTTP proxy in its environment.

@0xbf72526e76ecd73b;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct ProxyClaimRequestRequest {
  requestToken @0 :Text;
  requiredPermissions @1 :List(Text);
  label @2 :Util.LocalizedText;
}

struct ProxyClaimRequestResponse {
  cap @0 :Text;
}
