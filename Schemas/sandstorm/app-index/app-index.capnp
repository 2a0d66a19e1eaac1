# What an app market reads.
#
# Files in JSON that an app index writes and a market fetches over HTTP.

@0xe16c039c931f2a8a;

using Cxx = import "/capnp/c++.capnp";
using Package = import "../package.capnp";
$Cxx.namespace("sandstorm::appindex");

struct AppIndexForMarket {
  apps @0 :List(App);

  struct App {
    appId @0 :Package.AppId;
    name @1 :Text;
    version @2 :Text;
    packageId @3 :Package.PackageId;
    imageId @4 :Text;
    webLink @5 :Text;
    codeLink @6 :Text;
    isOpenSource @7 :Bool;
    categories @8 :List(Text);
    author @9 :Identity;
    upstreamAuthor @11 :Text;
    shortDescription @10 :Text;
    createdAt @12 :Text;
    versionNumber @13 :UInt32;

    struct Identity {
      name @0 :Text;
      keybaseUsername @1 :Text;
      picture @2 :Text;
      githubUsername @3 :Text;
      twitterUsername @4 :Text;
      hackernewsUsername @5 :Text;
      redditUsername @6 :Text;
    }
  }
}

struct AppDetailsForMarket {
  description @0 :Text;
  screenshots @1 :List(Screenshot);
  license @2 :Text;

  struct Screenshot {
    imageId @0 :Text;
    width @1 :UInt32;
    height @2 :UInt32;
  }
}

struct KeybaseIdentity {
  keybaseHandle @0 :Text;
  name @1 :Text;
  picture @2 :Text;
  websites @3 :List(Text);
  githubHandles @4 :List(Text);
  twitterHandles @5 :List(Text);
  hackernewsHandles @6 :List(Text);
  redditHandles @7 :List(Text);
}

struct ShortDescriptionOverrides {
  items @0 :List(Item);

  struct Item {
    appId @0 :Text;
    shortDescription @1 :Text;
  }
}

struct CategoryTable {
  categories @0 :List(Package.Category);
}

const approvePermission :UInt32 = 0;

const reviewPermission :UInt32 = 1;

const submitPermission :UInt32 = 2;
