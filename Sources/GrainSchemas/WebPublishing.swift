// Generated from sandstorm/web-publishing.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum WebSite {
        public static let interfaceID: UInt64 = 0xdddcca47803e2377
        public enum Methods {
            public static var getUrl: Method<Wire.WebSite.GetUrlParams, Wire.WebSite.GetUrlResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 0, name: "WebSite.getUrl") }
            public static var getEntities: Method<Wire.WebSite.GetEntitiesParams, Wire.WebSite.GetEntitiesResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 1, name: "WebSite.getEntities") }
            public static var getNotFoundEntities: Method<Wire.WebSite.GetNotFoundEntitiesParams, Wire.WebSite.GetNotFoundEntitiesResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 2, name: "WebSite.getNotFoundEntities") }
            public static var uploadBlob: Method<Wire.WebSite.UploadBlobParams, Wire.WebSite.UploadBlobResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 3, name: "WebSite.uploadBlob") }
            public static var getSubsite: Method<Wire.WebSite.GetSubsiteParams, Wire.WebSite.GetSubsiteResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 4, name: "WebSite.getSubsite") }
            public static var listResources: Method<Wire.WebSite.ListResourcesParams, Wire.WebSite.ListResourcesResults> { .init(interfaceID: 0xdddcca47803e2377, ordinal: 5, name: "WebSite.listResources") }
        }
        public enum GetUrlParams: StructSchema {
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
        public enum GetUrlResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetEntitiesParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetEntitiesResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEntities: Bool { !structure.pointer(0).isNull }
                public var entities: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setEntities(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetNotFoundEntitiesParams: StructSchema {
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
        public enum GetNotFoundEntitiesResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEntities: Bool { !structure.pointer(0).isNull }
                public var entities: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setEntities(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum UploadBlobParams: StructSchema {
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
        public enum UploadBlobResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasBlob: Bool { !structure.pointer(0).isNull }
                public var blob: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasStream: Bool { !structure.pointer(1).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setBlob(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setStream(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum GetSubsiteParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPrefix: Bool { !structure.pointer(0).isNull }
                public var prefix: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPrefix(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetSubsiteResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSite: Bool { !structure.pointer(0).isNull }
                public var site: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSite(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ListResourcesParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var shallow: Bool { structure.bool(bit: 0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setShallow(_ value: Bool) { structure.setBool(value, bit: 0) }
            }
        }
        public enum ListResourcesResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasNames: Bool { !structure.pointer(0).isNull }
                public var names: PointerList { get throws(MessageError) { try structure.pointer(0).pointers() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNames(_ texts: some Collection<String>) { structure.pointer(0).setTexts(texts) }
                public func initNames(count: Int) -> PointerListBuilder { structure.pointer(0).initPointers(count: count) }
            }
        }
        public enum Entity: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 5) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMimeType: Bool { !structure.pointer(0).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasLanguage: Bool { !structure.pointer(1).isNull }
                public var language: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasEncoding: Bool { !structure.pointer(2).isNull }
                public var encoding: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var body: Wire.WebSite.Entity.Body.Reader { .init(structure) }
                public var hasRedirectTo: Bool { !structure.pointer(4).isNull }
                public var redirectTo: String { get throws(MessageError) { try structure.pointer(4).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMimeType(_ text: String) { structure.pointer(0).setText(text) }
                public func setLanguage(_ text: String) { structure.pointer(1).setText(text) }
                public func setEncoding(_ text: String) { structure.pointer(2).setText(text) }
                public func initBody() -> Wire.WebSite.Entity.Body.Builder { Wire.WebSite.Entity.Body.Builder(structure) }
                public func setRedirectTo(_ text: String) { structure.pointer(4).setText(text) }
            }
            public enum Body {
                public enum Which: UInt16, Sendable {
                    case bytes = 0
                    case blob = 1
                }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var which: Which? { Which(rawValue: structure.load(0)) }
                    public var hasBytes: Bool { !structure.pointer(3).isNull }
                    public var bytes: DataReader { get throws(MessageError) { try structure.pointer(3).data() } }
                    public var hasBlob: Bool { !structure.pointer(3).isNull }
                    public var blob: UInt32? { get throws(MessageError) { try structure.pointer(3).capability() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setBytes(_ bytes: some Collection<UInt8>) { structure.store(UInt16(0), 0); structure.pointer(3).setData(bytes) }
                    public func initBytes(count: Int) -> DataBuilder { structure.store(UInt16(0), 0); return structure.pointer(3).initData(count: count) }
                    public func setBlob(capability: UInt32) { structure.store(UInt16(1), 0); structure.pointer(3).setCapability(capability) }
                }
            }
        }
    }
}

