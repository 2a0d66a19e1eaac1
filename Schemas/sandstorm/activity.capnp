# What happened in a grain and whom it concerns.
#
# The grain tells the host over fd 3, through SessionContext.activity or
# SandstormApi.backgroundActivity.

@0xa4e001d4cbcf33fa;

using Cxx = import "/capnp/c++.capnp";
using Identity = import "identity.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct ActivityEvent {
  path @0 :Text;
  # Where in the grain it happened, as a path of the web session.

  thread @4 :ThreadInfo;
  # What the event belongs to, when that is not the path itself.

  notification @1 :NotificationDisplayInfo;
  # Null where nobody needs to be told.

  type @2 :UInt16;
  # Position in ViewInfo.eventTypes.

  users @3 :List(User);
  # Users whom the event concerns in particular.

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
  # Who may see that such an event happened.

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
  # A user, as somebody to notify.

  addOngoing @0 (displayInfo :NotificationDisplayInfo, notification :OngoingNotification)
      -> (handle :Util.Handle);
}

interface OngoingNotification @0xfe851ddbb88940cd {
  cancel @0 ();
  # The user had enough. The handle that came with the notification is void from here on.
}
