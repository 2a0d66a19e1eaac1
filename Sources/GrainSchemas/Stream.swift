// Generated from capnp/stream.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum StreamResult: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 0) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
        }
    }
}

