# A web site that somebody else serves.
#
# A grain calls a publisher it got from the powerbox, over fd 3.

@0xd5d3e63bd0a552b6;

using Cxx = import "/capnp/c++.capnp";
using Util = import "util.capnp";
$Cxx.namespace("sandstorm");

interface WebSite {
  # A site, or one directory of it.

  getUrl @0 () -> (path :Text);
  getEntities @1 (path :Text) -> (entities :Util.Assignable(List(Entity)));
  # What is served at a path: one per language and encoding.

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
    # Instead of a body.
  }
}
