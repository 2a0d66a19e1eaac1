@0xeb014c0c3413cbfb;

using Cxx = import "/capnp/c++.capnp";
using Ip = import "ip.capnp";
using WebSession = import "web-session.capnp";
$Cxx.namespace("sandstorm");

interface ApiSession @0xc879e379c625cdc7 extends(WebSession.WebSession) {
  struct Params {
    remoteAddress @0 :Ip.IpAddress;
  }

  struct PowerboxTag {
    canonicalUrl @0 :Text;
    oauthScopes @1 :List(OAuthScope);
    authentication @2 :Text;

    struct OAuthScope {
      name @0 :Text;
    }
  }
}
