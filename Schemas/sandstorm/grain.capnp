# What a grain and its host offer each other.
#
# The grain's bootstrap capability on fd 3 is a UiView, the host's is a SandstormApi. The host
# calls UiView to learn what the grain is and to open a session for each tab; the grain calls
# SandstormApi, and for what concerns one tab the SessionContext that came with its session.

@0xc8d91463cfc4fb4a;

using Cxx = import "/capnp/c++.capnp";
using Activity = import "activity.capnp";
using Identity = import "identity.capnp";
using Powerbox = import "powerbox.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface SandstormApi(AppObjectId) {
  # The host, as a grain sees it. AppObjectId is what the app chose to name its own objects by.

  deprecatedPublish @0 ();
  # No host implements this.

  deprecatedRegisterAction @1 ();
  # No host implements this.

  shareCap @2 (cap :Capability, displayInfo :Powerbox.PowerboxDisplayInfo)
      -> (sharedCap :Capability, link :SharingLink);
  shareView @3 (view :UiView) -> (sharedView :UiView, link :ViewSharingLink);
  save @8 (cap :Capability, label :Util.LocalizedText) -> (token :Data);
  # A token that restore turns back into the capability, also after a restart. It works for this
  # grain only.

  restore @4 (token :Data) -> (cap :Capability);
  drop @5 (token :Data);
  # Gives a token up.

  deleted @6 (ref :AppObjectId);
  # An object of the app is gone; whatever others saved of it may be forgotten.

  stayAwake @7 (displayInfo :Activity.NotificationDisplayInfo,
      notification :Activity.OngoingNotification)
      -> (handle :Util.Handle);
  # Keeps the grain running while the handle is held, and shows the user why.

  backgroundActivity @9 (event :Activity.ActivityEvent);
  getIdentityId @10 (identity :Identity.Identity) -> (id :Data);
  # The 32 bytes that UserInfo.identityId has for the same user in this grain.

  schedule @11 ScheduledJob;
}

struct ScheduledJob {
  # Work to be called back for, also when the grain sleeps until then. The callback has to be
  # persistent.

  name @0 :Util.LocalizedText;
  callback @1 :Callback;
  schedule :union {
    oneShot :group {
      when @2 :Int64;
      # Nanoseconds since 1970.

      slack @3 :UInt64;
      # How much later, in nanoseconds, is still fine; at least minimumSchedulingSlack.
    }
    periodic @4 :SchedulingPeriod;
  }

  interface Callback {
    run @0 () -> (cancelFutureRuns :Bool = false);
  }
}

const minimumSchedulingSlack :UInt64 = 300000000000;
# Nanoseconds: five minutes.

enum SchedulingPeriod {
  annually @3;
  monthly @2;
  weekly @4;
  daily @1;
  hourly @0;
}

interface UiView {
  # A grain, as its host sees it.

  getViewInfo @0 () -> ViewInfo;
  # What the grain is. Asked before every first session; has to be cheap.

  newSession @1 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, tabId :Data)
      -> (session :UiSession);
  # Opens a session of one user in one tab. The type is the id of the interface that the session
  # is to have and decides what sessionParams are: WebSession.Params, ApiSession.Params. The tab
  # id is the same when a lost session is opened again.

  newRequestSession @2 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, requestInfo :List(Powerbox.PowerboxDescriptor),
      tabId :Data)
      -> (session :UiSession);
  # Opens a session in which the user picks something that answers one of the descriptors; it ends
  # with SessionContext.fulfillRequest.

  newOfferSession @3 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, offer :Capability, descriptor :Powerbox.PowerboxDescriptor,
      tabId :Data)
      -> (session :UiSession);
  # Opens a session that is given a capability to keep.

  struct ViewInfo {
    permissions @0 :List(PermissionDef);
    # What a user may be allowed to do. Positions in this list are the indexes of every List(Bool)
    # of permissions: append only, mark the unused obsolete.

    roles @1 :List(RoleDef);
    # Useful sets of permissions, from which people choose when they share.

    deniedPermissions @2 :List(Bool);
    # What nobody holds through this view.

    matchRequests @3 :List(Powerbox.PowerboxDescriptor);
    # Descriptors that this grain can answer in a newRequestSession.

    matchOffers @4 :List(Powerbox.PowerboxDescriptor);
    # Descriptors that this grain accepts in a newOfferSession.

    appTitle @5 :Util.LocalizedText;
    grainIcon @6 :Util.StaticAsset;
    eventTypes @7 :List(Activity.ActivityTypeDef);
    # Kinds of activity; ActivityEvent.type is a position in this list.
  }

  struct PowerboxTag {
    # Value of a descriptor tag with the id of UiView: a grain.

    title @0 :Text;
  }
}

interface UiSession {
  # A session of any type. It ends when the host drops it.
}

interface SessionContext {
  # The host, as far as it concerns one session.

  getSharedPermissions @0 () -> (var :Util.Assignable(List(Bool)).Getter);
  # What the user may do, now and as it changes. Saved, it outlives the session.

  tieToUser @1 (cap :Capability, requiredPermissions :List(Bool),
      displayInfo :Powerbox.PowerboxDisplayInfo)
      -> (tiedCap :Capability);
  # A capability that works only while the user holds the permissions.

  offer @2 (cap :Capability, requiredPermissions :List(Bool),
      descriptor :Powerbox.PowerboxDescriptor, displayInfo :Powerbox.PowerboxDisplayInfo);
  # Shows the user a capability to keep.

  request @3 (query :List(Powerbox.PowerboxDescriptor), requiredPermissions :List(Bool))
      -> (cap :Capability, descriptor :Powerbox.PowerboxDescriptor);
  # Asks the user for a capability.

  claimRequest @7 (requestToken :Text, requiredPermissions :List(Bool)) -> (cap :Capability);
  # The capability behind a token that the page got from its powerbox request. Within minutes, by
  # the session that asked.

  fulfillRequest @4 (cap :Capability, requiredPermissions :List(Bool),
      descriptor :Powerbox.PowerboxDescriptor, displayInfo :Powerbox.PowerboxDisplayInfo);
  # The answer to the request for which this session was opened.

  close @5 ();
  # Closes the tab.

  openView @6 (view :UiView, path :Text = "", newTab :Bool = false);
  # Opens another grain in the tab or in a new one.

  activity @8 (event :Activity.ActivityEvent);
}

struct PermissionDef {
  name @3 :Text;
  # An identifier; the bridge passes it to the app in X-Sandstorm-Permissions.

  title @0 :Util.LocalizedText;
  description @1 :Util.LocalizedText;
  obsolete @2 :Bool = false;
  # Not offered any more, but keeps its place.
}

struct RoleDef {
  title @0 :Util.LocalizedText;
  verbPhrase @1 :Util.LocalizedText;
  # As in "can edit".

  description @2 :Util.LocalizedText;
  permissions @3 :List(Bool);
  obsolete @4 :Bool = false;
  default @5 :Bool = false;
  # What a user has whose role nobody chose.
}

interface SharingLink {
  getPetname @0 () -> (name :Util.Assignable(Util.LocalizedText));
}

interface ViewSharingLink extends(SharingLink) {
  getRoleAssignment @0 () -> (var :Util.Assignable(RoleAssignment));

  struct RoleAssignment {
    # Which permissions somebody is given: a role, more, less.

    union {
      none @0 :Void;
      allAccess @1 :Void;
      roleId @2 :UInt16;
    }
    addPermissions @3 :List(Bool);
    removePermissions @4 :List(Bool);
  }
}

struct GrainInfo {
  # What a backup says about its grain, in the file `metadata`.

  appId @0 :Text;
  appVersion @1 :UInt32;
  title @2 :Text;
  ownerIdentityId @3 :Text;
  users @4 :List(User);
  # Lets a restored grain show its users under the identities they had.

  originalGrainId @5 :Text;

  struct User {
    identityId @0 :Text;
    credentialIds @1 :List(Text);
    profile @2 :Identity.Profile;
  }
}

interface AppPersistent(AppObjectId) {
  # A capability of an app that can be saved. Only the host calls this.

  save @0 () -> (objectId :AppObjectId, label :Util.LocalizedText);
  # Everything the app needs to make the capability again.
}

interface MainView(AppObjectId) extends(UiView) {
  # The bootstrap capability of an app with persistent capabilities.

  restore @0 (objectId :AppObjectId) -> (cap :Capability);
  # Makes a capability again from what AppPersistent.save said.

  drop @1 (objectId :AppObjectId);
  # Nobody keeps this object any more.
}
