# One field of each kind, for Tests/CapnProtoTests.

@0xe2a6a1f0c5b7d913;

struct Everything {
  flag @0 :Bool;
  int8 @1 :Int8;
  int16 @2 :Int16;
  int32 @3 :Int32;
  int64 @4 :Int64;
  uint8 @5 :UInt8;
  uint16 @6 :UInt16;
  uint32 @7 :UInt32;
  uint64 @8 :UInt64;
  float @9 :Float32;
  double @10 :Float64;
  text @11 :Text;
  data @12 :Data;
  child @13 :Everything;
  color @14 :Color;
  flags @15 :List(Bool);
  bytes @16 :List(UInt8);
  shorts @17 :List(UInt16);
  words @18 :List(Int32);
  longs @19 :List(UInt64);
  floats @20 :List(Float32);
  texts @21 :List(Text);
  datas @22 :List(Data);
  pairs @23 :List(Pair);
  nested @24 :List(List(UInt16));
  nothings @25 :List(Void);
  any @26 :AnyPointer;
  choice :union {
    none @27 :Void;
    number @28 :UInt32;
    name @29 :Text;
  }
  withDefault :group {
    flag @30 :Bool = true;
    number @31 :Int32 = -123;
    float @32 :Float32 = 1.5;
    color @33 :Color = blue;
    text @34 :Text = "preset";
  }
}

struct Pair {
  key @0 :UInt16;
  value @1 :Text;
}

enum Color {
  red @0;
  green @1;
  blue @2;
}

struct OldLists {
  # What an older writer made of Everything.pairs and a newer one of its shorts.
  numbers @0 :List(UInt16);
  pairs @1 :List(Pair);
}
