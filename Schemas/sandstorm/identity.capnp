# Who somebody is, as far as a grain may know.
#
# The host offers these to grains over fd 3, with each new session and through the powerbox.

@0xc822108a5c3d7d25;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface Identity {
  # A user. Two grains see different capabilities, and different identity ids, for the same one.

  getProfile @0 () -> (profile :Profile);

  struct PowerboxTag {
    permissions @0 :List(Bool);
    # What the user should hold in the grain that asks.
  }
}

struct Profile @0xd3d0c34d7201fcef {
  displayName @0 :Util.LocalizedText;
  preferredHandle @1 :Text;
  # Lower case, as in `[a-z_][a-z0-9_]*`. Not unique.

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
  # Who opened a session. An anonymous visitor has no identity and no identityId.

  displayName @0 :Util.LocalizedText;
  preferredHandle @4 :Text;
  pictureUrl @6 :Text;
  # Empty without a picture.

  pronouns @5 :Profile.Pronouns;
  deprecatedPermissionsBlob @1 :Data;
  # The permissions as bits, lowest first, for apps from before `permissions`.

  permissions @3 :List(Bool);
  # By position in ViewInfo.permissions.

  identityId @2 :Data;
  # Exactly 32 bytes or none; never changes for a user in a grain.

  identity @7 :Identity;
}
