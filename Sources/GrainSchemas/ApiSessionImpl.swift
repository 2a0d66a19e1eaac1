// Generated from sandstorm/api-session-impl.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PersistentApiSession {
        public static let interfaceID: UInt64 = 0xaca1efb8eb6cd18a
        public enum Methods {
        }
    }
}

