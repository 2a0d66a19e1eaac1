/// What grains and host say to each other: accessors for everything in `Schemas`, under the names it has there.
///
/// The other files of this folder are generated; see `Sources/CapnProto/README.md` for how they are used.
public enum Wire {}
