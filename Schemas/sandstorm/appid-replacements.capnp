# Keys that apps changed to.
#
# Compiled into hosts and packing tools: an app id in `original` means the one in `replacement`.

@0xa53cae3f717a1676;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("sandstorm::spk");

struct AppIdReplacement {
  original @0 :Text;
  replacement @1 :Text;
  revokeExceptPackageIds @2 :List(Text);
  # The old key is not to be trusted any more, but for these packages.
}

const appIdReplacementList :List(AppIdReplacement) = [
  (original = "vjvekechd398fn1t1kn1dgdnmaekqq9jkjv3zsgzymc4z913ref0",
   replacement = "wq95qmutckc0yfmecv0ky96cqxgp156up8sv81yxvmery58q87jh",
   revokeExceptPackageIds = ["b5bb9d8014a0f9b1d61e21e796d78dcc"]),
  (original = "vxe8awcxvtj6yu0vgjpm1tsaeu7x8v8tfp71tyvnm6ykkephu9q0",
   replacement = "n8cn71407n4mezn7mg0k5kkm21juuphhecc24hdf9kf56zyxm4ah"),
  (original = "nfqhx83vvzm80edpgkpax8mhqp176qj2vwg67rgq5e3kjc5r4cyh",
   replacement = "a3w50h1435gsxczugm16q0amwkqm9f4crykzea53sv61pt7phk8h",
   revokeExceptPackageIds = [
      "1450e0caa29b59ec938b3795bf17cb02",
      "738f0e56a9ca462e77245e3f392686d7"]),
  (original = "m86q05rdvj14yvn78ghaxynqz7u2svw6rnttptxx49g1785cdv1h",
   replacement = "6jz1aawur7kga7tdsj9kgpxx1yzh6xz1qmrpnqukcp1rekprd9f0"),
  (original = "aax9j672p6z8n7nyupzvj2nmumeqd4upa0f7mgu8gprwmy53x04h",
   replacement = "zp00qqrha6gp8515ju84ys91syyq8ezv77g9s1r0t3urz92uzmqh")
];
