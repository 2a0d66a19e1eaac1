# What sessions can do until there is something better.
#
# The host offers HackSessionContext in place of SessionContext to every web session, and opens
# a HackEmailSession on a grain to deliver mail to it; over fd 3.

@0xbf6889795837d1e0;

using Cxx = import "/capnp/c++.capnp";
using Email = import "email.capnp";
using Grain = import "grain.capnp";
using Identity = import "identity.capnp";
using Ip = import "ip.capnp";
$Cxx.namespace("sandstorm");

interface HackSessionContext @0xe14c1f5321159b8f extends(Grain.SessionContext, Email.EmailSendPort) {
  getPublicId @0 () -> (publicId :Text, hostname :Text, autoUrl :Text, isDemoUser :Bool);
  # Under which host name the directory /var/www of the grain is published.

  obsoleteHttpGet @1 (url :Text) -> (mimeType :Text, content :Data);
  obsoleteGetUiViewForEndpoint @8 (url :Text) -> (view :Grain.UiView);
  getUserAddress @2 () -> Email.EmailAddress;
  # Where the user of the session gets mail.

  obsoleteGenerateApiToken @3 (petname :Text, userInfo :Identity.UserInfo, expires :UInt64 = 0)
      -> (token :Text, endpointUrl :Text, tokenId :Text);
  obsoleteListApiTokens @4 () -> (tokens :List(TokenInfo));
  obsoleteRevokeApiToken @5 (tokenId :Text);
  obsoleteGetIpNetwork @6 () -> (network :Ip.IpNetwork);
  obsoleteGetIpInterface @7 () -> (interface :Ip.IpInterface);

  struct TokenInfo {
    tokenId @0 :Text;
    petname @1 :Text;
    userInfo @2 :Identity.UserInfo;
  }
}

interface HackEmailSession @0xc3b5ced7344b04a6 extends(Grain.UiSession, Email.EmailSendPort) {
  # A session that takes mail. The bridge writes it to /var/mail.
}
