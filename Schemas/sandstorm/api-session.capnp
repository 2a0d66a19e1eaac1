# HTTP without a browser: what programs ask of a grain.
#
# The host calls, the grain answers, over fd 3; a powerbox may also hand one grain the
# ApiSession of another. Same calls as WebSession; the difference is that no page of the grain
# is looking.

@0xeb014c0c3413cbfb;

using Cxx = import "/capnp/c++.capnp";
using Ip = import "ip.capnp";
using WebSession = import "web-session.capnp";
$Cxx.namespace("sandstorm");

interface ApiSession @0xc879e379c625cdc7 extends(WebSession.WebSession) {
  struct Params {
    remoteAddress @0 :Ip.IpAddress;
    # Of the client, when its token asked for that.
  }

  struct PowerboxTag {
    # Value of a descriptor tag with the id of ApiSession: an HTTP API.

    canonicalUrl @0 :Text;
    # Names the API; where it is really reached is up to whoever provides it.

    oauthScopes @1 :List(OAuthScope);
    authentication @2 :Text;
    # "basic" where a password is wanted instead of OAuth.

    struct OAuthScope {
      name @0 :Text;
    }
  }
}
