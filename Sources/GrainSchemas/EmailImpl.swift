// Generated from sandstorm/email-impl.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PersistentEmailVerifier {
        public static let interfaceID: UInt64 = 0xd76bb6182f0aece3
        public enum Methods {
        }
    }
}

extension Wire {
    public enum PersistentVerifiedEmail {
        public static let interfaceID: UInt64 = 0xe536db3eed324f9b
        public enum Methods {
        }
    }
}

