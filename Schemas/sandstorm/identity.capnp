@0xc822108a5c3d7d25;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface Identity {
  getProfile @0 () -> (profile :Profile);

  struct PowerboxTag {
    permissions @0 :List(Bool);
  }
}

struct Profile @0xd3d0c34d7201fcef {
  displayName @0 :Util.LocalizedText;
  preferredHandle @1 :Text;
  picture @2 :Util.StaticAsset;
  pronouns @3 :Pronouns;

  enum Pronouns {
    neutral @0;
    male @1;
    female @2;
    robot @3;
  }
}

struct UserInfo @0x94b9d1efb35d11d3 {
  displayName @0 :Util.LocalizedText;
  preferredHandle @4 :Text;
  pictureUrl @6 :Text;
  pronouns @5 :Profile.Pronouns;
  deprecatedPermissionsBlob @1 :Data;
  permissions @3 :List(Bool);
  identityId @2 :Data;
  identity @7 :Identity;
}
