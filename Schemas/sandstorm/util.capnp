@0xecd50d792c3d9992;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("sandstorm");

struct KeyValue {
  key @0 :Text;
  value @1 :Text;
}

struct LocalizedText {
  defaultText @0 :Text;
  localizations @1 :List(Localization);

  struct Localization {
    locale @0 :Text;
    text @1 :Text;
  }
}

interface Handle {
  ping @0 ();
}

interface ByteStream {
  write @0 (data :Data) -> stream;
  done @1 ();
  expectSize @2 (size :UInt64);
}

interface Blob @0xe53527a75d90198f {
  getSize @0 () -> (size :UInt64);
  writeTo @1 (stream :ByteStream, startAtOffset :UInt64 = 0) -> (handle :Handle);
  getSlice @2 (offset :UInt64, size :UInt32) -> (data :Data);
}

interface Assignable(T) {
  get @0 () -> (value :T, setter :Setter);
  asGetter @1 () -> (getter :Getter);
  asSetter @2 () -> (setter :Setter);

  interface Getter {
    get @0 () -> (value :T);
    subscribe @1 (setter :Setter) -> (handle :Handle);
  }

  interface Setter {
    set @0 (value :T);
  }
}

interface StaticAsset @0xfabb5e621fa9a23f {
  getUrl @0 () -> (protocol :Protocol, hostPath :Text);

  enum Protocol {
    https @0;
    http @1;
  }
}
