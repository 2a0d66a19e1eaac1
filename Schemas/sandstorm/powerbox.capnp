@0xf6c200ab14cd53e4;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

struct PowerboxDescriptor {
  tags @0 :List(Tag);
  quality @1 :MatchQuality = acceptable;

  struct Tag {
    id @0 :UInt64;
    value @1 :AnyPointer;
  }

  enum MatchQuality {
    preferred @1;
    acceptable @0;
    unacceptable @2;
  }
}

struct PowerboxDisplayInfo {
  title @0 :Util.LocalizedText;
  verbPhrase @1 :Util.LocalizedText;
  description @2 :Util.LocalizedText;
}
