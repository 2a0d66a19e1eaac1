@0xa4e001d4cbcf33fa;

using Cxx = import "/capnp/c++.capnp";
using Identity = import "identity.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct ActivityEvent {
  path @0 :Text;
  thread @4 :ThreadInfo;
  notification @1 :NotificationDisplayInfo;
  type @2 :UInt16;
  users @3 :List(User);

  struct User {
    identity @0 :Identity.Identity;
    mentioned @1 :Bool;
    subscribed @3 :Bool;
    canView @2 :Bool;
  }

  struct ThreadInfo {
    path @0 :Text;
    title @1 :Util.LocalizedText;
  }
}

struct ActivityTypeDef {
  name @0 :Text;
  verbPhrase @1 :Util.LocalizedText;
  description @2 :Util.LocalizedText;
  requiredPermission :union {
    everyone @3 :Void;
    permissionIndex @4 :UInt16;
    explicitList @5 :Void;
  }
  obsolete @6 :Bool = false;
  notifySubscribers @7 :Bool;
  autoSubscribeToThread @8 :Bool;
  autoSubscribeToGrain @9 :Bool;
  suppressUnread @10 :Bool;
}

struct NotificationDisplayInfo {
  caption @0 :Util.LocalizedText;
}

interface NotificationTarget @0xf0f87337d73020f0 {
  addOngoing @0 (displayInfo :NotificationDisplayInfo, notification :OngoingNotification)
      -> (handle :Util.Handle);
}

interface OngoingNotification @0xfe851ddbb88940cd {
  cancel @0 ();
}
