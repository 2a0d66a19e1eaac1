# What keeps a grain running and what keeps its references alive.
#
# Spoken between the parts of a host; a grain sees only SystemPersistent, and only because its
# host calls it on capabilities that pass through the boundary. Tokens in old databases are made
# of these structs.

@0xc7205d6d32c7b040;

using Cxx = import "/capnp/c++.capnp";
using Persistence = import "/capnp/persistent.capnp";
using Activity = import "activity.capnp";
using Grain = import "grain.capnp";
using Identity = import "identity.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface Supervisor {
  # One running grain.

  getMainView @0 () -> (view :Grain.UiView);
  keepAlive @1 (core :SandstormCore);
  # Without calls for a while the grain goes to sleep.

  syncStorage @8 ();
  # Returns when everything the grain has written is on disk.

  shutdown @2 ();
  obsoleteGetGrainSize @3 () -> (size :UInt64);
  obsoleteGetGrainSizeWhenDifferent @4 (oldSize :UInt64) -> (size :UInt64);
  restore @5 (ref :SupervisorObjectId, obsolete :List(MembraneRequirement), parentToken :Data)
      -> (cap :Capability);
  drop @6 (ref :SupervisorObjectId);
  watchLog @7 (backlogAmount :UInt64, stream :Util.ByteStream) -> (handle :Util.Handle);
  # The last part of the log, then what is added to it.

  getWwwFileHack @9 (path :Text, stream :Util.ByteStream) -> (status :WwwFileStatus);
  # A file below /var/www, without waking the app.

  enum WwwFileStatus {
    file @0;
    directory @1;
    notFound @2;
  }
}

interface SandstormCore {
  # The host, on behalf of one grain.

  restore @0 (token :Data) -> (cap :Capability);
  claimRequest @6 (requestToken :Text, requiredPermissions :List(Bool)) -> (cap :Capability);
  drop @3 (token :Data);
  makeToken @1 (ref :SupervisorObjectId, owner :ApiTokenOwner,
      requirements :List(MembraneRequirement)) -> (token :Data);
  makeChildToken @5 (parent :Data, owner :ApiTokenOwner, requirements :List(MembraneRequirement))
      -> (token :Data);
  getOwnerNotificationTarget @2 () -> (owner :Activity.NotificationTarget);
  obsoleteCheckRequirements @4 ();
  backgroundActivity @7 (event :Activity.ActivityEvent);
  reportGrainSize @8 (bytes :UInt64);
  getIdentityId @9 (identity :Identity.Identity) -> (id :Data);
  schedule @10 Grain.ScheduledJob;
}

struct MembraneRequirement {
  # What has to stay true for a capability to go on working.

  union {
    tokenValid @0 :Text;
    permissionsHeld :group {
      union {
        accountId @5 :Text;
        tokenId @6 :Text;
      }
      grainId @2 :Text;
      permissions @3 :List(Bool);
      userId @1 :Text;
    }
    userIsAdmin @4 :Text;
  }
}

interface SystemPersistent extends(Persistence.Persistent(Data, ApiTokenOwner)) {
  # A capability that a host can save.

  addRequirements @0 (requirements :List(MembraneRequirement), observer :RevocationObserver)
      -> (cap :SystemPersistent);
  # A copy that also ends when one of the requirements stops holding.

  interface RevocationObserver {
    dropWhenRevoked @0 (handle :Util.Handle);
    # The handle is dropped at that moment.
  }
}

interface PersistentHandle extends(SystemPersistent, Util.Handle) {}

interface PersistentOngoingNotification extends(SystemPersistent, Activity.OngoingNotification) {}

struct DenormalizedGrainMetadata {
  # What a list shows of a grain that lives on somebody else's account.

  appTitle @0 :Util.LocalizedText;
  union {
    icon :group {
      format @1 :Text;
      assetId @2 :Text;
      assetId2xDpi @3 :Text;
    }
    appId @4 :Text;
  }
}

struct ApiTokenOwner {
  # Who may use a saved capability.

  union {
    webkey @0 :Void;
    # Whoever has the token.

    grain :group {
      grainId @1 :Text;
      saveLabel @2 :Util.LocalizedText;
      introducerIdentity @9 :Text;
      introducerUser @5 :Text;
    }
    # A grain that saved it.

    clientPowerboxRequest :group {
      sessionId @15 :Text;
      grainId @13 :Text;
      introducerIdentity @14 :Text;
    }
    # A page, until its grain claims it.

    clientPowerboxOffer :group {
      sessionId @17 :Text;
    }
    # A page that shows it as a link.

    internet @3 :AnyPointer;
    frontend @4 :Void;
    user :group {
      accountId @18 :Text;
      identityId @10 :Text;
      title @7 :Text;
      denormalizedGrainMetadata @8 :DenormalizedGrainMetadata;
      userId @6 :Text;
      upstreamTitle @11 :Text;
      renamed @12 :Bool;
      seenAllActivity @16 :Bool;
    }
    # A user, in whose list of grains it appears.
  }
}

struct SupervisorObjectId(AppObjectId) {
  # What a grain, or its supervisor, can make again.

  union {
    appRef @0 :AppObjectId;
    wakeLockNotification @1 :UInt32;
  }
}
