// Generated from sandstorm/bridge-proxy.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum ProxyClaimRequestRequest: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasRequestToken: Bool { !structure.pointer(0).isNull }
            public var requestToken: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
            public var requiredPermissions: PointerList { get throws(MessageError) { try structure.pointer(1).pointers() } }
            public var hasLabel: Bool { !structure.pointer(2).isNull }
            public var label: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setRequestToken(_ text: String) { structure.pointer(0).setText(text) }
            public func setRequiredPermissions(_ texts: some Collection<String>) { structure.pointer(1).setTexts(texts) }
            public func initRequiredPermissions(count: Int) -> PointerListBuilder { structure.pointer(1).initPointers(count: count) }
            public func initLabel() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyLabel(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
        }
    }
}

extension Wire {
    public enum ProxyClaimRequestResponse: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasCap: Bool { !structure.pointer(0).isNull }
            public var cap: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setCap(_ text: String) { structure.pointer(0).setText(text) }
        }
    }
}

