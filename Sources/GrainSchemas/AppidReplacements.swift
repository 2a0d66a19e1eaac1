// Generated from sandstorm/appid-replacements.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum AppIdReplacement: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasOriginal: Bool { !structure.pointer(0).isNull }
            public var original: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasReplacement: Bool { !structure.pointer(1).isNull }
            public var replacement: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var hasRevokeExceptPackageIds: Bool { !structure.pointer(2).isNull }
            public var revokeExceptPackageIds: PointerList { get throws(MessageError) { try structure.pointer(2).pointers() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setOriginal(_ text: String) { structure.pointer(0).setText(text) }
            public func setReplacement(_ text: String) { structure.pointer(1).setText(text) }
            public func setRevokeExceptPackageIds(_ texts: some Collection<String>) { structure.pointer(2).setTexts(texts) }
            public func initRevokeExceptPackageIds(count: Int) -> PointerListBuilder { structure.pointer(2).initPointers(count: count) }
        }
    }
}

extension Wire {
    public static var appIdReplacementList: StructList<Wire.AppIdReplacement> {
        get throws(MessageError) {
            let bytes: [UInt8] = [1, 0, 0, 0, 127, 0, 0, 0, 20, 0, 0, 0, 0, 0, 3, 0, 57, 0, 0, 0, 170, 1, 0, 0, 81, 0, 0, 0, 170, 1, 0, 0, 105, 0, 0, 0, 14, 0, 0, 0, 125, 0, 0, 0, 170, 1, 0, 0, 149, 0, 0, 0, 170, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 169, 0, 0, 0, 170, 1, 0, 0, 193, 0, 0, 0, 170, 1, 0, 0, 217, 0, 0, 0, 22, 0, 0, 0, 5, 1, 0, 0, 170, 1, 0, 0, 29, 1, 0, 0, 170, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 49, 1, 0, 0, 170, 1, 0, 0, 73, 1, 0, 0, 170, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 118, 106, 118, 101, 107, 101, 99, 104, 100, 51, 57, 56, 102, 110, 49, 116, 49, 107, 110, 49, 100, 103, 100, 110, 109, 97, 101, 107, 113, 113, 57, 106, 107, 106, 118, 51, 122, 115, 103, 122, 121, 109, 99, 52, 122, 57, 49, 51, 114, 101, 102, 48, 0, 0, 0, 0, 119, 113, 57, 53, 113, 109, 117, 116, 99, 107, 99, 48, 121, 102, 109, 101, 99, 118, 48, 107, 121, 57, 54, 99, 113, 120, 103, 112, 49, 53, 54, 117, 112, 56, 115, 118, 56, 49, 121, 120, 118, 109, 101, 114, 121, 53, 56, 113, 56, 55, 106, 104, 0, 0, 0, 0, 1, 0, 0, 0, 10, 1, 0, 0, 98, 53, 98, 98, 57, 100, 56, 48, 49, 52, 97, 48, 102, 57, 98, 49, 100, 54, 49, 101, 50, 49, 101, 55, 57, 54, 100, 55, 56, 100, 99, 99, 0, 0, 0, 0, 0, 0, 0, 0, 118, 120, 101, 56, 97, 119, 99, 120, 118, 116, 106, 54, 121, 117, 48, 118, 103, 106, 112, 109, 49, 116, 115, 97, 101, 117, 55, 120, 56, 118, 56, 116, 102, 112, 55, 49, 116, 121, 118, 110, 109, 54, 121, 107, 107, 101, 112, 104, 117, 57, 113, 48, 0, 0, 0, 0, 110, 56, 99, 110, 55, 49, 52, 48, 55, 110, 52, 109, 101, 122, 110, 55, 109, 103, 48, 107, 53, 107, 107, 109, 50, 49, 106, 117, 117, 112, 104, 104, 101, 99, 99, 50, 52, 104, 100, 102, 57, 107, 102, 53, 54, 122, 121, 120, 109, 52, 97, 104, 0, 0, 0, 0, 110, 102, 113, 104, 120, 56, 51, 118, 118, 122, 109, 56, 48, 101, 100, 112, 103, 107, 112, 97, 120, 56, 109, 104, 113, 112, 49, 55, 54, 113, 106, 50, 118, 119, 103, 54, 55, 114, 103, 113, 53, 101, 51, 107, 106, 99, 53, 114, 52, 99, 121, 104, 0, 0, 0, 0, 97, 51, 119, 53, 48, 104, 49, 52, 51, 53, 103, 115, 120, 99, 122, 117, 103, 109, 49, 54, 113, 48, 97, 109, 119, 107, 113, 109, 57, 102, 52, 99, 114, 121, 107, 122, 101, 97, 53, 51, 115, 118, 54, 49, 112, 116, 55, 112, 104, 107, 56, 104, 0, 0, 0, 0, 5, 0, 0, 0, 10, 1, 0, 0, 21, 0, 0, 0, 10, 1, 0, 0, 49, 52, 53, 48, 101, 48, 99, 97, 97, 50, 57, 98, 53, 57, 101, 99, 57, 51, 56, 98, 51, 55, 57, 53, 98, 102, 49, 55, 99, 98, 48, 50, 0, 0, 0, 0, 0, 0, 0, 0, 55, 51, 56, 102, 48, 101, 53, 54, 97, 57, 99, 97, 52, 54, 50, 101, 55, 55, 50, 52, 53, 101, 51, 102, 51, 57, 50, 54, 56, 54, 100, 55, 0, 0, 0, 0, 0, 0, 0, 0, 109, 56, 54, 113, 48, 53, 114, 100, 118, 106, 49, 52, 121, 118, 110, 55, 56, 103, 104, 97, 120, 121, 110, 113, 122, 55, 117, 50, 115, 118, 119, 54, 114, 110, 116, 116, 112, 116, 120, 120, 52, 57, 103, 49, 55, 56, 53, 99, 100, 118, 49, 104, 0, 0, 0, 0, 54, 106, 122, 49, 97, 97, 119, 117, 114, 55, 107, 103, 97, 55, 116, 100, 115, 106, 57, 107, 103, 112, 120, 120, 49, 121, 122, 104, 54, 120, 122, 49, 113, 109, 114, 112, 110, 113, 117, 107, 99, 112, 49, 114, 101, 107, 112, 114, 100, 57, 102, 48, 0, 0, 0, 0, 97, 97, 120, 57, 106, 54, 55, 50, 112, 54, 122, 56, 110, 55, 110, 121, 117, 112, 122, 118, 106, 50, 110, 109, 117, 109, 101, 113, 100, 52, 117, 112, 97, 48, 102, 55, 109, 103, 117, 56, 103, 112, 114, 119, 109, 121, 53, 51, 120, 48, 52, 104, 0, 0, 0, 0, 122, 112, 48, 48, 113, 113, 114, 104, 97, 54, 103, 112, 56, 53, 49, 53, 106, 117, 56, 52, 121, 115, 57, 49, 115, 121, 121, 113, 56, 101, 122, 118, 55, 55, 103, 57, 115, 49, 114, 48, 116, 51, 117, 114, 122, 57, 50, 117, 122, 109, 113, 104, 0, 0, 0, 0]
            return try MessageReader(bytes, framing: .flat).root.list(of: Wire.AppIdReplacement.self)
        }
    }
}

