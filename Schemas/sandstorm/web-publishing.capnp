@0xd5d3e63bd0a552b6;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface WebSite {
  getUrl @0 () -> (path :Text);
  getEntities @1 (path :Text) -> (entities :Util.Assignable(List(Entity)));
  listResources @5 (shallow :Bool) -> (names :List(Text));
  getNotFoundEntities @2 () -> (entities :Util.Assignable(List(Entity)));
  uploadBlob @3 () -> (blob :Util.Blob, stream :Util.ByteStream);
  getSubsite @4 (prefix :Text) -> (site :WebSite);

  struct Entity {
    mimeType @0 :Text;
    language @1 :Text;
    encoding @2 :Text;
    body :union {
      bytes @3 :Data;
      blob @4 :Util.Blob;
    }
    redirectTo @5 :Text;
  }
}
