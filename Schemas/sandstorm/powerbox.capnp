# How capabilities are described when somebody looks for one.
#
# Requests, offers and grains' own lists of what they can provide carry these, over fd 3; pages
# hand descriptors to the shell packed and in base 64.

@0xf6c200ab14cd53e4;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct PowerboxDescriptor {
  # What a capability is like, or should be. It matches a query when it has every tag of it.

  tags @0 :List(Tag);
  quality @1 :MatchQuality = acceptable;

  struct Tag {
    id @0 :UInt64;
    # An id that says what is described, usually that of the interface.

    value @1 :AnyPointer;
    # More about it; the documentation of the id says of which type. Fields that a query leaves
    # null match anything.
  }

  enum MatchQuality {
    preferred @1;
    acceptable @0;
    unacceptable @2;
  }
}

struct PowerboxDisplayInfo {
  # How the user is told what was granted.

  title @0 :Util.LocalizedText;
  verbPhrase @1 :Util.LocalizedText;
  description @2 :Util.LocalizedText;
}
