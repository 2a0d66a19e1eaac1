# What is in a package.
#
# Files, not calls: an .spk holds a Signature and an Archive, the archive a Manifest as
# `sandstorm-manifest` and a BridgeConfig as `sandstorm-http-bridge-config`. App authors write a
# PackageDefinition in `sandstorm-pkgdef.capnp`, which imports this file as
# "/sandstorm/package.capnp".

@0xdf9bc20172856a3a;

using Cxx = import "/capnp/c++.capnp";
using ApiSession = import "api-session.capnp";
using Grain = import "grain.capnp";
using Powerbox = import "powerbox.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm::spk");

struct PackageDefinition {
  # What `spk` packs: the constant `pkgdef`, unless it is told another name.

  id @0 :Text;
  # The app id: the public key, in base 32.

  manifest @1 :Manifest;
  sourceMap @2 :SourceMap;
  fileList @3 :Text;
  # A file that lists what goes in; `spk dev` adds to it what the app used.

  alwaysInclude @4 :List(Text);
  # Paths that go in whole.

  bridgeConfig @5 :BridgeConfig;
}

struct Manifest {
  # What a host needs to know to run the app.

  appTitle @7 :Util.LocalizedText;
  appVersion @4 :UInt32;
  # Counts up with each release. A host offers to update from lower to higher.

  minUpgradableAppVersion @5 :UInt32;
  appMarketingVersion @6 :Util.LocalizedText;
  # The version as people read it.

  minApiVersion @0 :UInt32;
  # 0, as long as there is only one API version.

  maxApiVersion @1 :UInt32;
  metadata @8 :Metadata;
  actions @2 :List(Action);
  # Ways to make a new grain.

  continueCommand @3 :Command;
  # Starts a grain that was made before.

  struct Command {
    argv @1 :List(Text);
    environ @2 :List(Util.KeyValue);
    # All of the environment.

    deprecatedExecutablePath @0 :Text;
    # The program, in front of argv, in packages that set it.
  }

  struct Action {
    input :union {
      none @0 :Void;
      capability @1 :List(Powerbox.PowerboxDescriptor);
    }
    command @2 :Command;
    title @3 :Util.LocalizedText;
    nounPhrase @5 :Util.LocalizedText;
    # What a grain is called, as in "wiki".

    description @4 :Util.LocalizedText;
  }

  const sizeLimitInWords :UInt64 = 1048576;
  # A host refuses larger manifests.
}

struct SourceMap {
  # Where the packer looks for files. The first mapping that has a file wins.

  searchPath @0 :List(Mapping);

  struct Mapping {
    packagePath @0 :Text;
    # Prefix in the package that sourcePath stands for.

    sourcePath @1 :Text;
    hidePaths @2 :List(Text);
    # Paths below sourcePath that the package does not see.
  }
}

struct BridgeConfig {
  # How sandstorm-http-bridge presents the app.

  viewInfo @0 :Grain.UiView.ViewInfo;
  apiPath @1 :Text;
  # Prefix of what ApiSessions ask for; empty when the app has no API.

  saveIdentityCaps @2 :Bool;
  # Keep the identities of users, so that the app can find them later.

  expectAppHooks @4 :Bool;
  # The app connects to /tmp/sandstorm-api and is asked first.

  powerboxApis @3 :List(PowerboxApi);
  # APIs that other grains may be given.

  struct PowerboxApi {
    name @0 :Text;
    displayInfo @1 :Powerbox.PowerboxDisplayInfo;
    path @2 :Text;
    tag @3 :ApiSession.ApiSession.PowerboxTag;
    permissions @4 :List(Bool);
  }
}

struct Metadata {
  # What an app store shows.

  icons :group {
    appGrid @0 :Icon;
    grain @1 :Icon;
    market @2 :Icon;
    marketBig @18 :Icon;
  }
  website @3 :Text;
  codeUrl @4 :Text;
  license :group {
    union {
      none @5 :Void;
      openSource @6 :OpenSourceLicense;
      proprietary @7 :Util.LocalizedText;
      publicDomain @8 :Util.LocalizedText;
    }
    notices @9 :Util.LocalizedText;
  }
  categories @10 :List(Category);
  author :group {
    upstreamAuthor @19 :Text;
    contactEmail @11 :Text;
    pgpSignature @12 :Data;
    # Over one line that names the app id, by a key in pgpKeyring.
  }
  pgpKeyring @13 :Data;
  description @14 :Util.LocalizedText;
  shortDescription @15 :Util.LocalizedText;
  screenshots @16 :List(Screenshot);
  changeLog @17 :Util.LocalizedText;

  struct Icon {
    union {
      unknown @0 :Void;
      svg @1 :Text;
      png :group {
        dpi1x @2 :Data;
        dpi2x @3 :Data;
      }
    }
  }

  struct Screenshot {
    width @0 :UInt32;
    height @1 :UInt32;
    union {
      unknown @2 :Void;
      png @3 :Data;
      jpeg @4 :Data;
    }
  }
}

struct OsiLicenseInfo {
  id @0 :Text;
  title @1 :Text;
  requireSource @2 :Bool = false;
}

annotation osiInfo (enumerant) :OsiLicenseInfo;
# How the Open Source Initiative calls a license.

enum OpenSourceLicense {
  invalid @0;
  mit @1 $osiInfo(id = "MIT", title = "MIT License");
  apache2 @2 $osiInfo(id = "Apache-2.0", title = "Apache License v2");
  gpl3 @3 $osiInfo(id = "GPL-3.0", title = "GNU GPL v3", requireSource = true);
  agpl3 @4 $osiInfo(id = "AGPL-3.0", title = "GNU AGPL v3", requireSource = true);
  bsd3Clause @5 $osiInfo(id = "BSD-3-Clause", title = "BSD 3-Clause");
  bsd2Clause @6 $osiInfo(id = "BSD-2-Clause", title = "BSD 2-Clause");
  gpl2 @7 $osiInfo(id = "GPL-2.0", title = "GNU GPL v2", requireSource = true);
  lgpl2 @8 $osiInfo(id = "LGPL-2.1", title = "GNU LGPL v2.1", requireSource = true);
  lgpl3 @9 $osiInfo(id = "LGPL-3.0", title = "GNU LGPL v3", requireSource = true);
  isc @10 $osiInfo(id = "ISC", title = "ISC License");
  artistic2 @11 $osiInfo(id = "Artistic-2.0", title = "Artistic License v2");
  python2 @12 $osiInfo(id = "Python-2.0", title = "Python License v2");
  php3 @13 $osiInfo(id = "PHP-3.0", title = "PHP License v3");
  mpl2 @14 $osiInfo(id = "MPL-2.0", title = "Mozilla Public License v2", requireSource = true);
  cddl @15 $osiInfo(id = "CDDL-1.0", title = "CDDL", requireSource = true);
  epl @16 $osiInfo(id = "EPL-1.0", title = "Eclipse Public License", requireSource = true);
  cpal @17 $osiInfo(id = "CPAL-1.0", title = "Common Public Attribution License", requireSource = true);
  zlib @18 $osiInfo(id = "Zlib", title = "Zlib/libpng License");
}

struct AppId {
  # The 32 bytes of the public key, as four little-endian words.

  id0 @0 :UInt64;
  id1 @1 :UInt64;
  id2 @2 :UInt64;
  id3 @3 :UInt64;
}

struct PackageId {
  # The first 16 bytes of the SHA-256 of the package file.

  id0 @0 :UInt64;
  id1 @1 :UInt64;
}

struct VerifiedInfo {
  appId @0 :AppId;
  packageId @1 :PackageId;
  title @2 :Util.LocalizedText;
  version @3 :UInt32;
  marketingVersion @4 :Util.LocalizedText;
  authorPgpKeyFingerprint @5 :Text;
  metadata @6 :Metadata;
}

struct CategoryInfo {
  title @0 :Text;
}

annotation categoryInfo @0x8d51dd236606d205 (enumerant) :CategoryInfo;

enum Category {
  productivity @1 $categoryInfo(title = "Productivity");
  communications @2 $categoryInfo(title = "Communications");
  social @3 $categoryInfo(title = "Social");
  webPublishing @4 $categoryInfo(title = "Web Publishing");
  office @5 $categoryInfo(title = "Office");
  developerTools @6 $categoryInfo(title = "DevTools");
  science @7 $categoryInfo(title = "Science");
  graphics @10 $categoryInfo(title = "Graphics");
  media @8 $categoryInfo(title = "Media");
  games @9 $categoryInfo(title = "Games");
  other @0 $categoryInfo(title = "Other");
}

struct KeyFile {
  # One app's keys in a keyring, which is a file of these one after the other.

  publicKey @0 :Data;
  privateKey @1 :Data;
}

const magicNumber :Data = 0x"8f c6 cd ef 45 1a ea 96";
# The first eight bytes of a package. The rest is one XZ stream of a Signature and an Archive.

struct Signature {
  publicKey @0 :Data;
  # 32 bytes of Ed25519: the app id.

  signature @1 :Data;
  # 64 bytes of signature and the 64 bytes they sign: the SHA-512 of the archive message.
}

struct Archive {
  files @0 :List(File);

  struct File {
    name @0 :Text;
    # One path component.

    lastModificationTimeNs @5 :Int64;
    union {
      regular @1 :Data;
      executable @2 :Data;
      symlink @3 :Text;
      # The target, as it is.

      directory @4 :List(File);
    }
  }
}
