@0xc8d91463cfc4fb4a;

using Cxx = import "/capnp/c++.capnp";
using Activity = import "activity.capnp";
using Identity = import "identity.capnp";
using Powerbox = import "powerbox.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface SandstormApi(AppObjectId) {
  deprecatedPublish @0 ();
  deprecatedRegisterAction @1 ();
  shareCap @2 (cap :Capability, displayInfo :Powerbox.PowerboxDisplayInfo)
      -> (sharedCap :Capability, link :SharingLink);
  shareView @3 (view :UiView) -> (sharedView :UiView, link :ViewSharingLink);
  save @8 (cap :Capability, label :Util.LocalizedText) -> (token :Data);
  restore @4 (token :Data) -> (cap :Capability);
  drop @5 (token :Data);
  deleted @6 (ref :AppObjectId);
  stayAwake @7 (displayInfo :Activity.NotificationDisplayInfo,
      notification :Activity.OngoingNotification)
      -> (handle :Util.Handle);
  backgroundActivity @9 (event :Activity.ActivityEvent);
  getIdentityId @10 (identity :Identity.Identity) -> (id :Data);
  schedule @11 ScheduledJob;
}

struct ScheduledJob {
  name @0 :Util.LocalizedText;
  callback @1 :Callback;
  schedule :union {
    oneShot :group {
      when @2 :Int64;
      slack @3 :UInt64;
    }
    periodic @4 :SchedulingPeriod;
  }

  interface Callback {
    run @0 () -> (cancelFutureRuns :Bool = false);
  }
}

const minimumSchedulingSlack :UInt64 = 300000000000;

enum SchedulingPeriod {
  annually @3;
  monthly @2;
  weekly @4;
  daily @1;
  hourly @0;
}

interface UiView {
  getViewInfo @0 () -> ViewInfo;
  newSession @1 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, tabId :Data)
      -> (session :UiSession);
  newRequestSession @2 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, requestInfo :List(Powerbox.PowerboxDescriptor),
      tabId :Data)
      -> (session :UiSession);
  newOfferSession @3 (userInfo :Identity.UserInfo, context :SessionContext, sessionType :UInt64,
      sessionParams :AnyPointer, offer :Capability, descriptor :Powerbox.PowerboxDescriptor,
      tabId :Data)
      -> (session :UiSession);

  struct ViewInfo {
    permissions @0 :List(PermissionDef);
    roles @1 :List(RoleDef);
    deniedPermissions @2 :List(Bool);
    matchRequests @3 :List(Powerbox.PowerboxDescriptor);
    matchOffers @4 :List(Powerbox.PowerboxDescriptor);
    appTitle @5 :Util.LocalizedText;
    grainIcon @6 :Util.StaticAsset;
    eventTypes @7 :List(Activity.ActivityTypeDef);
  }

  struct PowerboxTag {
    title @0 :Text;
  }
}

interface UiSession {}

interface SessionContext {
  getSharedPermissions @0 () -> (var :Util.Assignable(List(Bool)).Getter);
  tieToUser @1 (cap :Capability, requiredPermissions :List(Bool),
      displayInfo :Powerbox.PowerboxDisplayInfo)
      -> (tiedCap :Capability);
  offer @2 (cap :Capability, requiredPermissions :List(Bool),
      descriptor :Powerbox.PowerboxDescriptor, displayInfo :Powerbox.PowerboxDisplayInfo);
  request @3 (query :List(Powerbox.PowerboxDescriptor), requiredPermissions :List(Bool))
      -> (cap :Capability, descriptor :Powerbox.PowerboxDescriptor);
  claimRequest @7 (requestToken :Text, requiredPermissions :List(Bool)) -> (cap :Capability);
  fulfillRequest @4 (cap :Capability, requiredPermissions :List(Bool),
      descriptor :Powerbox.PowerboxDescriptor, displayInfo :Powerbox.PowerboxDisplayInfo);
  close @5 ();
  openView @6 (view :UiView, path :Text = "", newTab :Bool = false);
  activity @8 (event :Activity.ActivityEvent);
}

struct PermissionDef {
  name @3 :Text;
  title @0 :Util.LocalizedText;
  description @1 :Util.LocalizedText;
  obsolete @2 :Bool = false;
}

struct RoleDef {
  title @0 :Util.LocalizedText;
  verbPhrase @1 :Util.LocalizedText;
  description @2 :Util.LocalizedText;
  permissions @3 :List(Bool);
  obsolete @4 :Bool = false;
  default @5 :Bool = false;
}

interface SharingLink {
  getPetname @0 () -> (name :Util.Assignable(Util.LocalizedText));
}

interface ViewSharingLink extends(SharingLink) {
  getRoleAssignment @0 () -> (var :Util.Assignable(RoleAssignment));

  struct RoleAssignment {
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
  appId @0 :Text;
  appVersion @1 :UInt32;
  title @2 :Text;
  ownerIdentityId @3 :Text;
  users @4 :List(User);
  originalGrainId @5 :Text;

  struct User {
    identityId @0 :Text;
    credentialIds @1 :List(Text);
    profile @2 :Identity.Profile;
  }
}

interface AppPersistent(AppObjectId) {
  save @0 () -> (objectId :AppObjectId, label :Util.LocalizedText);
}

interface MainView(AppObjectId) extends(UiView) {
  restore @0 (objectId :AppObjectId) -> (cap :Capability);
  drop @1 (objectId :AppObjectId);
}
