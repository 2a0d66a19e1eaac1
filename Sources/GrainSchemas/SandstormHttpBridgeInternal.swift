// Generated from sandstorm/sandstorm-http-bridge-internal.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum BridgeObjectId: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public enum Which: UInt16, Sendable {
            case application = 0
            case httpApi = 1
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var application: PointerReader { structure.pointer(0) }
            public var hasHttpApi: Bool { !structure.pointer(0).isNull }
            public var httpApi: Wire.BridgeObjectId.HttpApi.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.BridgeObjectId.HttpApi.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initApplication() -> PointerBuilder { structure.store(UInt16(0), 0); return structure.pointer(0) }
            public func initHttpApi() -> Wire.BridgeObjectId.HttpApi.Builder { structure.store(UInt16(1), 0); return structure.pointer(0).initStructure(Wire.BridgeObjectId.HttpApi.self) }
            public func copyHttpApi(_ source: Wire.BridgeObjectId.HttpApi.Reader) throws(MessageError) { structure.store(UInt16(1), 0); try structure.pointer(0).copy(source.structure) }
        }
        public enum HttpApi: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasName: Bool { !structure.pointer(0).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasPath: Bool { !structure.pointer(1).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasPermissions: Bool { !structure.pointer(2).isNull }
                public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(2).list(of: Bool.self) } }
                public var hasIdentityId: Bool { !structure.pointer(3).isNull }
                public var identityId: DataReader { get throws(MessageError) { try structure.pointer(3).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setName(_ text: String) { structure.pointer(0).setText(text) }
                public func setPath(_ text: String) { structure.pointer(1).setText(text) }
                public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(2).setList(elements) }
                public func setIdentityId(_ bytes: some Collection<UInt8>) { structure.pointer(3).setData(bytes) }
                public func initIdentityId(count: Int) -> DataBuilder { structure.pointer(3).initData(count: count) }
            }
        }
    }
}

extension Wire {
    public enum BridgeHttpSession {
        public static let interfaceID: UInt64 = 0xb71e38915c2a2afc
        public enum Methods {
        }
    }
}

extension Wire {
    public enum SessionInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
        public enum Which: UInt16, Sendable {
            case normal = 0
            case request = 1
            case offer = 2
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var request: Wire.SessionInfo.Request.Reader { .init(structure) }
            public var offer: Wire.SessionInfo.Offer.Reader { .init(structure) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setNormal() { structure.store(UInt16(0), 0) }
            public func initRequest() -> Wire.SessionInfo.Request.Builder { structure.store(UInt16(1), 0); return Wire.SessionInfo.Request.Builder(structure) }
            public func initOffer() -> Wire.SessionInfo.Offer.Builder { structure.store(UInt16(2), 0); return Wire.SessionInfo.Offer.Builder(structure) }
        }
        public enum Request {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRequestInfo: Bool { !structure.pointer(0).isNull }
                public var requestInfo: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.PowerboxDescriptor.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRequestInfo(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.pointer(0).initList(of: Wire.PowerboxDescriptor.self, count: count) }
            }
        }
        public enum Offer {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasOffer: Bool { !structure.pointer(0).isNull }
                public var offer: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasDescriptor: Bool { !structure.pointer(1).isNull }
                public var descriptor: Wire.PowerboxDescriptor.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.PowerboxDescriptor.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setOffer(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func initDescriptor() -> Wire.PowerboxDescriptor.Builder { structure.pointer(1).initStructure(Wire.PowerboxDescriptor.self) }
                public func copyDescriptor(_ source: Wire.PowerboxDescriptor.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
    }
}

