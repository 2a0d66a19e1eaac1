// Generated from sandstorm/powerbox.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PowerboxDescriptor: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasTags: Bool { !structure.pointer(0).isNull }
            public var tags: StructList<Wire.PowerboxDescriptor.Tag> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.PowerboxDescriptor.Tag.self) } }
            public var quality: Wire.PowerboxDescriptor.MatchQuality? { .init(rawValue: structure.load(0)) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initTags(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor.Tag> { structure.pointer(0).initList(of: Wire.PowerboxDescriptor.Tag.self, count: count) }
            public func setQuality(_ value: Wire.PowerboxDescriptor.MatchQuality) { structure.store(value.rawValue, 0) }
        }
        public enum Tag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var id: UInt64 { structure.load(0) }
                public var value: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ value: UInt64) { structure.store(value, 0) }
                public func initValue() -> PointerBuilder { structure.pointer(0) }
            }
        }
        public enum MatchQuality: UInt16, Sendable, CaseIterable {
            case acceptable = 0
            case preferred = 1
            case unacceptable = 2
        }
    }
}

extension Wire {
    public enum PowerboxDisplayInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasTitle: Bool { !structure.pointer(0).isNull }
            public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasVerbPhrase: Bool { !structure.pointer(1).isNull }
            public var verbPhrase: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            public var hasDescription: Bool { !structure.pointer(2).isNull }
            public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initVerbPhrase() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
            public func copyVerbPhrase(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
        }
    }
}

