# Small things that the other schemas share.
#
# Nobody speaks this alone: the types travel inside the interfaces of both sides, over a grain's
# fd 3.

@0xecd50d792c3d9992;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("sandstorm");

struct KeyValue {
  key @0 :Text;
  value @1 :Text;
}

struct LocalizedText {
  # Text for people. Only defaultText is shown today; the translations are carried along.

  defaultText @0 :Text;
  localizations @1 :List(Localization);

  struct Localization {
    locale @0 :Text;
    # A language tag such as "de-AT".

    text @1 :Text;
  }
}

interface Handle {
  # Something that goes on for as long as somebody holds this. Dropping it is the whole protocol.

  ping @0 ();
  # Does nothing; fails when what was held is gone.
}

interface ByteStream {
  # A pipe. The caller writes; the flow control of streaming calls keeps it from running ahead.

  write @0 (data :Data) -> stream;
  done @1 ();
  # The end. Dropping the stream without it means that it was cut off.

  expectSize @2 (size :UInt64);
  # How many bytes are still to come, if known. At most once, before the first write if it is to
  # help.
}

interface Blob @0xe53527a75d90198f {
  getSize @0 () -> (size :UInt64);
  writeTo @1 (stream :ByteStream, startAtOffset :UInt64 = 0) -> (handle :Handle);
  # The handle cancels the transfer when it is dropped.

  getSlice @2 (offset :UInt64, size :UInt32) -> (data :Data);
}

interface Assignable(T) {
  # A variable that somebody else keeps.

  get @0 () -> (value :T, setter :Setter);
  asGetter @1 () -> (getter :Getter);
  asSetter @2 () -> (setter :Setter);

  interface Getter {
    get @0 () -> (value :T);
    subscribe @1 (setter :Setter) -> (handle :Handle);
    # The setter is called with the present value and with each new one, while the handle is held.
  }

  interface Setter {
    set @0 (value :T);
  }
}

interface StaticAsset @0xfabb5e621fa9a23f {
  # A picture that the host serves from a host name of its own.

  getUrl @0 () -> (protocol :Protocol, hostPath :Text);
  # The URL without its scheme.

  enum Protocol {
    https @0;
    http @1;
  }
}
