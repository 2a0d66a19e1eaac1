// Generated from capnp/persistent.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum Persistent {
        public static let interfaceID: UInt64 = 0xc8cb212fcd9f5691
        public enum Methods {
            public static var save: Method<Wire.Persistent.SaveParams, Wire.Persistent.SaveResults> { .init(interfaceID: 0xc8cb212fcd9f5691, ordinal: 0, name: "Persistent.save") }
        }
        public enum SaveParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var sealFor: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initSealFor() -> PointerBuilder { structure.pointer(0) }
            }
        }
        public enum SaveResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var sturdyRef: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initSturdyRef() -> PointerBuilder { structure.pointer(0) }
            }
        }
    }
}

