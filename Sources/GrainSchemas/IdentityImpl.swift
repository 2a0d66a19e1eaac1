// Generated from sandstorm/identity-impl.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PersistentIdentity {
        public static let interfaceID: UInt64 = 0xaaecb6e5c137fd7a
        public enum Methods {
        }
    }
}

