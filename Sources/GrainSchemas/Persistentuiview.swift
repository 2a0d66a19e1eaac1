// Generated from sandstorm/persistentuiview.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PersistentUiView {
        public static let interfaceID: UInt64 = 0x826f7187e23c37c9
        public enum Methods {
        }
    }
}

