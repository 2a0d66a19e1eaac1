// Generated from sandstorm/web-session.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum HttpStatusDescriptor: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var id: UInt16 { structure.load(0) }
            public var hasTitle: Bool { !structure.pointer(0).isNull }
            public var title: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setId(_ value: UInt16) { structure.store(value, 0) }
            public func setTitle(_ text: String) { structure.pointer(0).setText(text) }
        }
    }
}

extension Wire {
    public static let httpStatusAnnotationId: UInt64 = 12630356203439622279
}

extension Wire {
    public enum WebSession {
        public static let interfaceID: UInt64 = 0xa50711a14d35a8ce
        public enum Methods {
            public static var get: Method<Wire.WebSession.GetParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 0, name: "WebSession.get") }
            public static var post: Method<Wire.WebSession.PostParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 1, name: "WebSession.post") }
            public static var openWebSocket: Method<Wire.WebSession.OpenWebSocketParams, Wire.WebSession.OpenWebSocketResults> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 2, name: "WebSession.openWebSocket") }
            public static var put: Method<Wire.WebSession.PutParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 3, name: "WebSession.put") }
            public static var delete: Method<Wire.WebSession.DeleteParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 4, name: "WebSession.delete") }
            public static var postStreaming: Method<Wire.WebSession.PostStreamingParams, Wire.WebSession.PostStreamingResults> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 5, name: "WebSession.postStreaming") }
            public static var putStreaming: Method<Wire.WebSession.PutStreamingParams, Wire.WebSession.PutStreamingResults> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 6, name: "WebSession.putStreaming") }
            public static var propfind: Method<Wire.WebSession.PropfindParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 7, name: "WebSession.propfind") }
            public static var proppatch: Method<Wire.WebSession.ProppatchParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 8, name: "WebSession.proppatch") }
            public static var mkcol: Method<Wire.WebSession.MkcolParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 9, name: "WebSession.mkcol") }
            public static var copy: Method<Wire.WebSession.CopyParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 10, name: "WebSession.copy") }
            public static var move: Method<Wire.WebSession.MoveParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 11, name: "WebSession.move") }
            public static var lock: Method<Wire.WebSession.LockParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 12, name: "WebSession.lock") }
            public static var unlock: Method<Wire.WebSession.UnlockParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 13, name: "WebSession.unlock") }
            public static var acl: Method<Wire.WebSession.AclParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 14, name: "WebSession.acl") }
            public static var report: Method<Wire.WebSession.ReportParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 15, name: "WebSession.report") }
            public static var options: Method<Wire.WebSession.OptionsParams, Wire.WebSession.Options> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 16, name: "WebSession.options") }
            public static var patch: Method<Wire.WebSession.PatchParams, Wire.WebSession.Response> { .init(interfaceID: 0xa50711a14d35a8ce, ordinal: 17, name: "WebSession.patch") }
        }
        public enum GetParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.Context.self) } }
                public var ignoreBody: Bool { structure.bool(bit: 0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(1).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func setIgnoreBody(_ value: Bool) { structure.setBool(value, bit: 0) }
            }
        }
        public enum PostParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: Wire.WebSession.PostContent.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.PostContent.self) } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContent() -> Wire.WebSession.PostContent.Builder { structure.pointer(1).initStructure(Wire.WebSession.PostContent.self) }
                public func copyContent(_ source: Wire.WebSession.PostContent.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum OpenWebSocketParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.Context.self) } }
                public var hasProtocol: Bool { !structure.pointer(2).isNull }
                public var `protocol`: PointerList { get throws(MessageError) { try structure.pointer(2).pointers() } }
                public var hasClientStream: Bool { !structure.pointer(3).isNull }
                public var clientStream: UInt32? { get throws(MessageError) { try structure.pointer(3).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(1).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func setProtocol(_ texts: some Collection<String>) { structure.pointer(2).setTexts(texts) }
                public func initProtocol(count: Int) -> PointerListBuilder { structure.pointer(2).initPointers(count: count) }
                public func setClientStream(capability: UInt32) { structure.pointer(3).setCapability(capability) }
            }
        }
        public enum OpenWebSocketResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasProtocol: Bool { !structure.pointer(0).isNull }
                public var `protocol`: PointerList { get throws(MessageError) { try structure.pointer(0).pointers() } }
                public var hasServerStream: Bool { !structure.pointer(1).isNull }
                public var serverStream: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setProtocol(_ texts: some Collection<String>) { structure.pointer(0).setTexts(texts) }
                public func initProtocol(count: Int) -> PointerListBuilder { structure.pointer(0).initPointers(count: count) }
                public func setServerStream(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum PutParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: Wire.WebSession.PutContent.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.PutContent.self) } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContent() -> Wire.WebSession.PutContent.Builder { structure.pointer(1).initStructure(Wire.WebSession.PutContent.self) }
                public func copyContent(_ source: Wire.WebSession.PutContent.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum DeleteParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(1).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
        public enum PostStreamingParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasMimeType: Bool { !structure.pointer(1).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
                public var hasEncoding: Bool { !structure.pointer(3).isNull }
                public var encoding: String { get throws(MessageError) { try structure.pointer(3).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setMimeType(_ text: String) { structure.pointer(1).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func setEncoding(_ text: String) { structure.pointer(3).setText(text) }
            }
        }
        public enum PostStreamingResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasStream: Bool { !structure.pointer(0).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setStream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum PutStreamingParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasMimeType: Bool { !structure.pointer(1).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
                public var hasEncoding: Bool { !structure.pointer(3).isNull }
                public var encoding: String { get throws(MessageError) { try structure.pointer(3).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setMimeType(_ text: String) { structure.pointer(1).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func setEncoding(_ text: String) { structure.pointer(3).setText(text) }
            }
        }
        public enum PutStreamingResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasStream: Bool { !structure.pointer(0).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setStream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum PropfindParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasXmlContent: Bool { !structure.pointer(1).isNull }
                public var xmlContent: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var depth: Wire.WebSession.PropfindDepth? { .init(rawValue: structure.load(0)) }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setXmlContent(_ text: String) { structure.pointer(1).setText(text) }
                public func setDepth(_ value: Wire.WebSession.PropfindDepth) { structure.store(value.rawValue, 0) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum ProppatchParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasXmlContent: Bool { !structure.pointer(1).isNull }
                public var xmlContent: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setXmlContent(_ text: String) { structure.pointer(1).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum MkcolParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: Wire.WebSession.PostContent.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.PostContent.self) } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContent() -> Wire.WebSession.PostContent.Builder { structure.pointer(1).initStructure(Wire.WebSession.PostContent.self) }
                public func copyContent(_ source: Wire.WebSession.PostContent.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum CopyParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasDestination: Bool { !structure.pointer(1).isNull }
                public var destination: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var noOverwrite: Bool { structure.bool(bit: 0) }
                public var shallow: Bool { structure.bool(bit: 1) }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setDestination(_ text: String) { structure.pointer(1).setText(text) }
                public func setNoOverwrite(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func setShallow(_ value: Bool) { structure.setBool(value, bit: 1) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum MoveParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasDestination: Bool { !structure.pointer(1).isNull }
                public var destination: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var noOverwrite: Bool { structure.bool(bit: 0) }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setDestination(_ text: String) { structure.pointer(1).setText(text) }
                public func setNoOverwrite(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum LockParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasXmlContent: Bool { !structure.pointer(1).isNull }
                public var xmlContent: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var shallow: Bool { structure.bool(bit: 0) }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setXmlContent(_ text: String) { structure.pointer(1).setText(text) }
                public func setShallow(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum UnlockParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasLockToken: Bool { !structure.pointer(1).isNull }
                public var lockToken: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setLockToken(_ text: String) { structure.pointer(1).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum AclParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasXmlContent: Bool { !structure.pointer(1).isNull }
                public var xmlContent: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setXmlContent(_ text: String) { structure.pointer(1).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum ReportParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: Wire.WebSession.PostContent.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.PostContent.self) } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContent() -> Wire.WebSession.PostContent.Builder { structure.pointer(1).initStructure(Wire.WebSession.PostContent.self) }
                public func copyContent(_ source: Wire.WebSession.PostContent.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum OptionsParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(1).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
        public enum PatchParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: Wire.WebSession.PostContent.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.PostContent.self) } }
                public var hasContext: Bool { !structure.pointer(2).isNull }
                public var context: Wire.WebSession.Context.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Context.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initContent() -> Wire.WebSession.PostContent.Builder { structure.pointer(1).initStructure(Wire.WebSession.PostContent.self) }
                public func copyContent(_ source: Wire.WebSession.PostContent.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initContext() -> Wire.WebSession.Context.Builder { structure.pointer(2).initStructure(Wire.WebSession.Context.self) }
                public func copyContext(_ source: Wire.WebSession.Context.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum Context: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 6) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCookies: Bool { !structure.pointer(0).isNull }
                public var cookies: StructList<Wire.KeyValue> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.KeyValue.self) } }
                public var hasResponseStream: Bool { !structure.pointer(1).isNull }
                public var responseStream: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
                public var hasAccept: Bool { !structure.pointer(2).isNull }
                public var accept: StructList<Wire.WebSession.AcceptedType> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.WebSession.AcceptedType.self) } }
                public var hasAcceptEncoding: Bool { !structure.pointer(5).isNull }
                public var acceptEncoding: StructList<Wire.WebSession.AcceptedEncoding> { get throws(MessageError) { try structure.pointer(5).list(of: Wire.WebSession.AcceptedEncoding.self) } }
                public var eTagPrecondition: Wire.WebSession.Context.ETagPrecondition.Reader { .init(structure) }
                public var hasAdditionalHeaders: Bool { !structure.pointer(3).isNull }
                public var additionalHeaders: StructList<Wire.WebSession.Context.Header> { get throws(MessageError) { try structure.pointer(3).list(of: Wire.WebSession.Context.Header.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initCookies(count: Int) -> StructListBuilder<Wire.KeyValue> { structure.pointer(0).initList(of: Wire.KeyValue.self, count: count) }
                public func setResponseStream(capability: UInt32) { structure.pointer(1).setCapability(capability) }
                public func initAccept(count: Int) -> StructListBuilder<Wire.WebSession.AcceptedType> { structure.pointer(2).initList(of: Wire.WebSession.AcceptedType.self, count: count) }
                public func initAcceptEncoding(count: Int) -> StructListBuilder<Wire.WebSession.AcceptedEncoding> { structure.pointer(5).initList(of: Wire.WebSession.AcceptedEncoding.self, count: count) }
                public func initETagPrecondition() -> Wire.WebSession.Context.ETagPrecondition.Builder { Wire.WebSession.Context.ETagPrecondition.Builder(structure) }
                public func initAdditionalHeaders(count: Int) -> StructListBuilder<Wire.WebSession.Context.Header> { structure.pointer(3).initList(of: Wire.WebSession.Context.Header.self, count: count) }
            }
            public enum ETagPrecondition {
                public enum Which: UInt16, Sendable {
                    case none = 0
                    case exists = 1
                    case matchesOneOf = 2
                    case matchesNoneOf = 3
                    case doesntExist = 4
                }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var which: Which? { Which(rawValue: structure.load(0)) }
                    public var hasMatchesOneOf: Bool { !structure.pointer(4).isNull }
                    public var matchesOneOf: StructList<Wire.WebSession.ETag> { get throws(MessageError) { try structure.pointer(4).list(of: Wire.WebSession.ETag.self) } }
                    public var hasMatchesNoneOf: Bool { !structure.pointer(4).isNull }
                    public var matchesNoneOf: StructList<Wire.WebSession.ETag> { get throws(MessageError) { try structure.pointer(4).list(of: Wire.WebSession.ETag.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setNone() { structure.store(UInt16(0), 0) }
                    public func setExists() { structure.store(UInt16(1), 0) }
                    public func setDoesntExist() { structure.store(UInt16(4), 0) }
                    public func initMatchesOneOf(count: Int) -> StructListBuilder<Wire.WebSession.ETag> { structure.store(UInt16(2), 0); return structure.pointer(4).initList(of: Wire.WebSession.ETag.self, count: count) }
                    public func initMatchesNoneOf(count: Int) -> StructListBuilder<Wire.WebSession.ETag> { structure.store(UInt16(3), 0); return structure.pointer(4).initList(of: Wire.WebSession.ETag.self, count: count) }
                }
            }
            public enum Header: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasName: Bool { !structure.pointer(0).isNull }
                    public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                    public var hasValue: Bool { !structure.pointer(1).isNull }
                    public var value: String { get throws(MessageError) { try structure.pointer(1).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setName(_ text: String) { structure.pointer(0).setText(text) }
                    public func setValue(_ text: String) { structure.pointer(1).setText(text) }
                }
            }
            public static let headerWhitelist: [String] = ["x-sandstorm-app-*", "oc-total-length", "oc-chunk-size", "x-oc-mtime", "oc-fileid", "oc-chunked", "oc-checksum", "oc-chunk-offset", "oc-lazyops", "x-hgarg-*", "x-phabricator-*", "x-requested-with", "x-csrftoken", "x-csrf-token"]
        }
        public enum PostContent: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMimeType: Bool { !structure.pointer(0).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
                public var hasEncoding: Bool { !structure.pointer(2).isNull }
                public var encoding: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMimeType(_ text: String) { structure.pointer(0).setText(text) }
                public func setContent(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
                public func initContent(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
                public func setEncoding(_ text: String) { structure.pointer(2).setText(text) }
            }
        }
        public enum WebSocketStream {
            public static let interfaceID: UInt64 = 0xf001fc1d5e574a07
            public enum Methods {
                public static var sendBytes: Method<Wire.WebSession.WebSocketStream.SendBytesParams, Wire.StreamResult> { .init(interfaceID: 0xf001fc1d5e574a07, ordinal: 0, name: "WebSocketStream.sendBytes", isStreaming: true) }
            }
            public enum SendBytesParams: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasMessage: Bool { !structure.pointer(0).isNull }
                    public var message: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setMessage(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                    public func initMessage(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                }
            }
        }
        public enum PutContent: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMimeType: Bool { !structure.pointer(0).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
                public var hasEncoding: Bool { !structure.pointer(2).isNull }
                public var encoding: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMimeType(_ text: String) { structure.pointer(0).setText(text) }
                public func setContent(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
                public func initContent(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
                public func setEncoding(_ text: String) { structure.pointer(2).setText(text) }
            }
        }
        public enum RequestStream {
            public static let interfaceID: UInt64 = 0x99ffc2f3f69a6a9f
            public enum Methods {
                public static var getResponse: Method<Wire.WebSession.RequestStream.GetResponseParams, Wire.WebSession.Response> { .init(interfaceID: 0x99ffc2f3f69a6a9f, ordinal: 0, name: "RequestStream.getResponse") }
            }
            public enum GetResponseParams: StructSchema {
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
        public enum PropfindDepth: UInt16, Sendable, CaseIterable {
            case infinity = 0
            case zero = 1
            case one = 2
        }
        public enum Response: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 9) }
            public enum Which: UInt16, Sendable {
                case redirect = 0
                case content = 1
                case clientError = 2
                case serverError = 3
                case noContent = 4
                case preconditionFailed = 5
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(2)) }
                public var hasSetCookies: Bool { !structure.pointer(0).isNull }
                public var setCookies: StructList<Wire.WebSession.Cookie> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.WebSession.Cookie.self) } }
                public var hasCachePolicy: Bool { !structure.pointer(6).isNull }
                public var cachePolicy: Wire.WebSession.CachePolicy.Reader { get throws(MessageError) { try structure.pointer(6).structure(Wire.WebSession.CachePolicy.self) } }
                public var content: Wire.WebSession.Response.Content.Reader { .init(structure) }
                public var noContent: Wire.WebSession.Response.NoContent.Reader { .init(structure) }
                public var preconditionFailed: Wire.WebSession.Response.PreconditionFailed.Reader { .init(structure) }
                public var redirect: Wire.WebSession.Response.Redirect.Reader { .init(structure) }
                public var clientError: Wire.WebSession.Response.ClientError.Reader { .init(structure) }
                public var serverError: Wire.WebSession.Response.ServerError.Reader { .init(structure) }
                public var hasAdditionalHeaders: Bool { !structure.pointer(8).isNull }
                public var additionalHeaders: StructList<Wire.WebSession.Response.Header> { get throws(MessageError) { try structure.pointer(8).list(of: Wire.WebSession.Response.Header.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initSetCookies(count: Int) -> StructListBuilder<Wire.WebSession.Cookie> { structure.pointer(0).initList(of: Wire.WebSession.Cookie.self, count: count) }
                public func initCachePolicy() -> Wire.WebSession.CachePolicy.Builder { structure.pointer(6).initStructure(Wire.WebSession.CachePolicy.self) }
                public func copyCachePolicy(_ source: Wire.WebSession.CachePolicy.Reader) throws(MessageError) { try structure.pointer(6).copy(source.structure) }
                public func initContent() -> Wire.WebSession.Response.Content.Builder { structure.store(UInt16(1), 2); return Wire.WebSession.Response.Content.Builder(structure) }
                public func initNoContent() -> Wire.WebSession.Response.NoContent.Builder { structure.store(UInt16(4), 2); return Wire.WebSession.Response.NoContent.Builder(structure) }
                public func initPreconditionFailed() -> Wire.WebSession.Response.PreconditionFailed.Builder { structure.store(UInt16(5), 2); return Wire.WebSession.Response.PreconditionFailed.Builder(structure) }
                public func initRedirect() -> Wire.WebSession.Response.Redirect.Builder { structure.store(UInt16(0), 2); return Wire.WebSession.Response.Redirect.Builder(structure) }
                public func initClientError() -> Wire.WebSession.Response.ClientError.Builder { structure.store(UInt16(2), 2); return Wire.WebSession.Response.ClientError.Builder(structure) }
                public func initServerError() -> Wire.WebSession.Response.ServerError.Builder { structure.store(UInt16(3), 2); return Wire.WebSession.Response.ServerError.Builder(structure) }
                public func initAdditionalHeaders(count: Int) -> StructListBuilder<Wire.WebSession.Response.Header> { structure.pointer(8).initList(of: Wire.WebSession.Response.Header.self, count: count) }
            }
            public enum Content {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var statusCode: Wire.WebSession.Response.SuccessCode? { .init(rawValue: structure.load(4)) }
                    public var hasEncoding: Bool { !structure.pointer(1).isNull }
                    public var encoding: String { get throws(MessageError) { try structure.pointer(1).text() } }
                    public var hasLanguage: Bool { !structure.pointer(2).isNull }
                    public var language: String { get throws(MessageError) { try structure.pointer(2).text() } }
                    public var hasMimeType: Bool { !structure.pointer(3).isNull }
                    public var mimeType: String { get throws(MessageError) { try structure.pointer(3).text() } }
                    public var hasETag: Bool { !structure.pointer(7).isNull }
                    public var eTag: Wire.WebSession.ETag.Reader { get throws(MessageError) { try structure.pointer(7).structure(Wire.WebSession.ETag.self) } }
                    public var body: Wire.WebSession.Response.Content.Body.Reader { .init(structure) }
                    public var disposition: Wire.WebSession.Response.Content.Disposition.Reader { .init(structure) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setStatusCode(_ value: Wire.WebSession.Response.SuccessCode) { structure.store(value.rawValue, 4) }
                    public func setEncoding(_ text: String) { structure.pointer(1).setText(text) }
                    public func setLanguage(_ text: String) { structure.pointer(2).setText(text) }
                    public func setMimeType(_ text: String) { structure.pointer(3).setText(text) }
                    public func initETag() -> Wire.WebSession.ETag.Builder { structure.pointer(7).initStructure(Wire.WebSession.ETag.self) }
                    public func copyETag(_ source: Wire.WebSession.ETag.Reader) throws(MessageError) { try structure.pointer(7).copy(source.structure) }
                    public func initBody() -> Wire.WebSession.Response.Content.Body.Builder { Wire.WebSession.Response.Content.Body.Builder(structure) }
                    public func initDisposition() -> Wire.WebSession.Response.Content.Disposition.Builder { Wire.WebSession.Response.Content.Disposition.Builder(structure) }
                }
                public enum Body {
                    public enum Which: UInt16, Sendable {
                        case bytes = 0
                        case stream = 1
                    }
                    public struct Reader: TypedReader {
                        public let structure: StructReader
                        public init(_ structure: StructReader) { self.structure = structure }
                        public var which: Which? { Which(rawValue: structure.load(0)) }
                        public var hasBytes: Bool { !structure.pointer(4).isNull }
                        public var bytes: DataReader { get throws(MessageError) { try structure.pointer(4).data() } }
                        public var hasStream: Bool { !structure.pointer(4).isNull }
                        public var stream: UInt32? { get throws(MessageError) { try structure.pointer(4).capability() } }
                    }
                    public struct Builder: TypedBuilder {
                        public let structure: StructBuilder
                        public init(_ structure: StructBuilder) { self.structure = structure }
                        public func setBytes(_ bytes: some Collection<UInt8>) { structure.store(UInt16(0), 0); structure.pointer(4).setData(bytes) }
                        public func initBytes(count: Int) -> DataBuilder { structure.store(UInt16(0), 0); return structure.pointer(4).initData(count: count) }
                        public func setStream(capability: UInt32) { structure.store(UInt16(1), 0); structure.pointer(4).setCapability(capability) }
                    }
                }
                public enum Disposition {
                    public enum Which: UInt16, Sendable {
                        case normal = 0
                        case download = 1
                    }
                    public struct Reader: TypedReader {
                        public let structure: StructReader
                        public init(_ structure: StructReader) { self.structure = structure }
                        public var which: Which? { Which(rawValue: structure.load(6)) }
                        public var hasDownload: Bool { !structure.pointer(5).isNull }
                        public var download: String { get throws(MessageError) { try structure.pointer(5).text() } }
                    }
                    public struct Builder: TypedBuilder {
                        public let structure: StructBuilder
                        public init(_ structure: StructBuilder) { self.structure = structure }
                        public func setNormal() { structure.store(UInt16(0), 6) }
                        public func setDownload(_ text: String) { structure.store(UInt16(1), 6); structure.pointer(5).setText(text) }
                    }
                }
            }
            public enum NoContent {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var shouldResetForm: Bool { structure.bool(bit: 0) }
                    public var hasETag: Bool { !structure.pointer(1).isNull }
                    public var eTag: Wire.WebSession.ETag.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.ETag.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setShouldResetForm(_ value: Bool) { structure.setBool(value, bit: 0) }
                    public func initETag() -> Wire.WebSession.ETag.Builder { structure.pointer(1).initStructure(Wire.WebSession.ETag.self) }
                    public func copyETag(_ source: Wire.WebSession.ETag.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                }
            }
            public enum PreconditionFailed {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasMatchingETag: Bool { !structure.pointer(1).isNull }
                    public var matchingETag: Wire.WebSession.ETag.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.WebSession.ETag.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func initMatchingETag() -> Wire.WebSession.ETag.Builder { structure.pointer(1).initStructure(Wire.WebSession.ETag.self) }
                    public func copyMatchingETag(_ source: Wire.WebSession.ETag.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                }
            }
            public enum Redirect {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var isPermanent: Bool { structure.bool(bit: 0) }
                    public var switchToGet: Bool { structure.bool(bit: 1) }
                    public var hasLocation: Bool { !structure.pointer(1).isNull }
                    public var location: String { get throws(MessageError) { try structure.pointer(1).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setIsPermanent(_ value: Bool) { structure.setBool(value, bit: 0) }
                    public func setSwitchToGet(_ value: Bool) { structure.setBool(value, bit: 1) }
                    public func setLocation(_ text: String) { structure.pointer(1).setText(text) }
                }
            }
            public enum ClientError {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var statusCode: Wire.WebSession.Response.ClientErrorCode? { .init(rawValue: structure.load(0)) }
                    public var hasDescriptionHtml: Bool { !structure.pointer(1).isNull }
                    public var descriptionHtml: String { get throws(MessageError) { try structure.pointer(1).text() } }
                    public var hasNonHtmlBody: Bool { !structure.pointer(2).isNull }
                    public var nonHtmlBody: Wire.WebSession.Response.ErrorBody.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Response.ErrorBody.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setStatusCode(_ value: Wire.WebSession.Response.ClientErrorCode) { structure.store(value.rawValue, 0) }
                    public func setDescriptionHtml(_ text: String) { structure.pointer(1).setText(text) }
                    public func initNonHtmlBody() -> Wire.WebSession.Response.ErrorBody.Builder { structure.pointer(2).initStructure(Wire.WebSession.Response.ErrorBody.self) }
                    public func copyNonHtmlBody(_ source: Wire.WebSession.Response.ErrorBody.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                }
            }
            public enum ServerError {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasDescriptionHtml: Bool { !structure.pointer(1).isNull }
                    public var descriptionHtml: String { get throws(MessageError) { try structure.pointer(1).text() } }
                    public var hasNonHtmlBody: Bool { !structure.pointer(2).isNull }
                    public var nonHtmlBody: Wire.WebSession.Response.ErrorBody.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.WebSession.Response.ErrorBody.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setDescriptionHtml(_ text: String) { structure.pointer(1).setText(text) }
                    public func initNonHtmlBody() -> Wire.WebSession.Response.ErrorBody.Builder { structure.pointer(2).initStructure(Wire.WebSession.Response.ErrorBody.self) }
                    public func copyNonHtmlBody(_ source: Wire.WebSession.Response.ErrorBody.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                }
            }
            public enum SuccessCode: UInt16, Sendable, CaseIterable {
                case ok = 0
                case created = 1
                case accepted = 2
                case noContent = 3
                case partialContent = 4
                case multiStatus = 5
                case notModified = 6
                public var httpStatus: (id: UInt16, title: String) {
                    switch self {
                        case .ok: (200, "OK")
                        case .created: (201, "Created")
                        case .accepted: (202, "Accepted")
                        case .noContent: (204, "No Content")
                        case .partialContent: (206, "Partial Content")
                        case .multiStatus: (207, "Multi-Status")
                        case .notModified: (304, "Not Modified")
                    }
                }
            }
            public enum ClientErrorCode: UInt16, Sendable, CaseIterable {
                case badRequest = 0
                case forbidden = 1
                case notFound = 2
                case methodNotAllowed = 3
                case notAcceptable = 4
                case conflict = 5
                case gone = 6
                case requestEntityTooLarge = 7
                case requestUriTooLong = 8
                case unsupportedMediaType = 9
                case imATeapot = 10
                case preconditionFailed = 11
                case unprocessableEntity = 12
                public var httpStatus: (id: UInt16, title: String) {
                    switch self {
                        case .badRequest: (400, "Bad Request")
                        case .forbidden: (403, "Forbidden")
                        case .notFound: (404, "Not Found")
                        case .methodNotAllowed: (405, "Method Not Allowed")
                        case .notAcceptable: (406, "Not Acceptable")
                        case .conflict: (409, "Conflict")
                        case .gone: (410, "Gone")
                        case .requestEntityTooLarge: (413, "Request Entity Too Large")
                        case .requestUriTooLong: (414, "Request-URI Too Long")
                        case .unsupportedMediaType: (415, "Unsupported Media Type")
                        case .imATeapot: (418, "I'm a teapot")
                        case .preconditionFailed: (412, "Precondition Failed")
                        case .unprocessableEntity: (422, "Unprocessable Entity")
                    }
                }
            }
            public enum ErrorBody: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasData: Bool { !structure.pointer(0).isNull }
                    public var data: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                    public var hasEncoding: Bool { !structure.pointer(1).isNull }
                    public var encoding: String { get throws(MessageError) { try structure.pointer(1).text() } }
                    public var hasLanguage: Bool { !structure.pointer(2).isNull }
                    public var language: String { get throws(MessageError) { try structure.pointer(2).text() } }
                    public var hasMimeType: Bool { !structure.pointer(3).isNull }
                    public var mimeType: String { get throws(MessageError) { try structure.pointer(3).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setData(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                    public func initData(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                    public func setEncoding(_ text: String) { structure.pointer(1).setText(text) }
                    public func setLanguage(_ text: String) { structure.pointer(2).setText(text) }
                    public func setMimeType(_ text: String) { structure.pointer(3).setText(text) }
                }
            }
            public enum Header: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasName: Bool { !structure.pointer(0).isNull }
                    public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                    public var hasValue: Bool { !structure.pointer(1).isNull }
                    public var value: String { get throws(MessageError) { try structure.pointer(1).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setName(_ text: String) { structure.pointer(0).setText(text) }
                    public func setValue(_ text: String) { structure.pointer(1).setText(text) }
                }
            }
            public static let headerWhitelist: [String] = ["x-sandstorm-app-*", "x-oc-mtime"]
        }
        public enum Options: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var davClass1: Bool { structure.bool(bit: 0) }
                public var davClass2: Bool { structure.bool(bit: 1) }
                public var davClass3: Bool { structure.bool(bit: 2) }
                public var hasDavExtensions: Bool { !structure.pointer(0).isNull }
                public var davExtensions: PointerList { get throws(MessageError) { try structure.pointer(0).pointers() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setDavClass1(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func setDavClass2(_ value: Bool) { structure.setBool(value, bit: 1) }
                public func setDavClass3(_ value: Bool) { structure.setBool(value, bit: 2) }
                public func setDavExtensions(_ texts: some Collection<String>) { structure.pointer(0).setTexts(texts) }
                public func initDavExtensions(count: Int) -> PointerListBuilder { structure.pointer(0).initPointers(count: count) }
            }
        }
        public enum ETag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasValue: Bool { !structure.pointer(0).isNull }
                public var value: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var weak: Bool { structure.bool(bit: 0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setValue(_ text: String) { structure.pointer(0).setText(text) }
                public func setWeak(_ value: Bool) { structure.setBool(value, bit: 0) }
            }
        }
        public enum Cookie: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 2, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasName: Bool { !structure.pointer(0).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasValue: Bool { !structure.pointer(1).isNull }
                public var value: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var expires: Wire.WebSession.Cookie.Expires.Reader { .init(structure) }
                public var httpOnly: Bool { structure.bool(bit: 16) }
                public var hasPath: Bool { !structure.pointer(2).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setName(_ text: String) { structure.pointer(0).setText(text) }
                public func setValue(_ text: String) { structure.pointer(1).setText(text) }
                public func initExpires() -> Wire.WebSession.Cookie.Expires.Builder { Wire.WebSession.Cookie.Expires.Builder(structure) }
                public func setHttpOnly(_ value: Bool) { structure.setBool(value, bit: 16) }
                public func setPath(_ text: String) { structure.pointer(2).setText(text) }
            }
            public enum Expires {
                public enum Which: UInt16, Sendable {
                    case none = 0
                    case absolute = 1
                    case relative = 2
                }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var which: Which? { Which(rawValue: structure.load(0)) }
                    public var absolute: Int64 { structure.load(8) }
                    public var relative: UInt64 { structure.load(8) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setNone() { structure.store(UInt16(0), 0) }
                    public func setAbsolute(_ value: Int64) { structure.store(UInt16(1), 0); structure.store(value, 8) }
                    public func setRelative(_ value: UInt64) { structure.store(UInt16(2), 0); structure.store(value, 8) }
                }
            }
        }
        public enum CachePolicy: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var withCheck: Wire.WebSession.CachePolicy.Scope? { .init(rawValue: structure.load(0)) }
                public var permanent: Wire.WebSession.CachePolicy.Scope? { .init(rawValue: structure.load(2)) }
                public var variesOnCookie: Bool { structure.bool(bit: 32) }
                public var variesOnAccept: Bool { structure.bool(bit: 33) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setWithCheck(_ value: Wire.WebSession.CachePolicy.Scope) { structure.store(value.rawValue, 0) }
                public func setPermanent(_ value: Wire.WebSession.CachePolicy.Scope) { structure.store(value.rawValue, 2) }
                public func setVariesOnCookie(_ value: Bool) { structure.setBool(value, bit: 32) }
                public func setVariesOnAccept(_ value: Bool) { structure.setBool(value, bit: 33) }
            }
            public enum Scope: UInt16, Sendable, CaseIterable {
                case none = 0
                case perSession = 1
                case perUser = 2
                case perAppVersion = 3
                case universal = 4
            }
        }
        public enum AcceptedType: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMimeType: Bool { !structure.pointer(0).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var qValue: Float { structure.load(0, default: 1.0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMimeType(_ text: String) { structure.pointer(0).setText(text) }
                public func setQValue(_ value: Float) { structure.store(value, 0, default: 1.0) }
            }
        }
        public enum AcceptedEncoding: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasContentCoding: Bool { !structure.pointer(0).isNull }
                public var contentCoding: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var qValue: Float { structure.load(0, default: 1.0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setContentCoding(_ text: String) { structure.pointer(0).setText(text) }
                public func setQValue(_ value: Float) { structure.store(value, 0, default: 1.0) }
            }
        }
        public enum Params: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasBasePath: Bool { !structure.pointer(0).isNull }
                public var basePath: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasUserAgent: Bool { !structure.pointer(1).isNull }
                public var userAgent: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasAcceptableLanguages: Bool { !structure.pointer(2).isNull }
                public var acceptableLanguages: PointerList { get throws(MessageError) { try structure.pointer(2).pointers() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setBasePath(_ text: String) { structure.pointer(0).setText(text) }
                public func setUserAgent(_ text: String) { structure.pointer(1).setText(text) }
                public func setAcceptableLanguages(_ texts: some Collection<String>) { structure.pointer(2).setTexts(texts) }
                public func initAcceptableLanguages(count: Int) -> PointerListBuilder { structure.pointer(2).initPointers(count: count) }
            }
        }
    }
}

