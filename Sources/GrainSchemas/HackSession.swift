// Generated from sandstorm/hack-session.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum HackSessionContext {
        public static let interfaceID: UInt64 = 0xe14c1f5321159b8f
        public enum Methods {
            public static var getPublicId: Method<Wire.HackSessionContext.GetPublicIdParams, Wire.HackSessionContext.GetPublicIdResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 0, name: "HackSessionContext.getPublicId") }
            public static var obsoleteHttpGet: Method<Wire.HackSessionContext.ObsoleteHttpGetParams, Wire.HackSessionContext.ObsoleteHttpGetResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 1, name: "HackSessionContext.obsoleteHttpGet") }
            public static var getUserAddress: Method<Wire.HackSessionContext.GetUserAddressParams, Wire.EmailAddress> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 2, name: "HackSessionContext.getUserAddress") }
            public static var obsoleteGenerateApiToken: Method<Wire.HackSessionContext.ObsoleteGenerateApiTokenParams, Wire.HackSessionContext.ObsoleteGenerateApiTokenResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 3, name: "HackSessionContext.obsoleteGenerateApiToken") }
            public static var obsoleteListApiTokens: Method<Wire.HackSessionContext.ObsoleteListApiTokensParams, Wire.HackSessionContext.ObsoleteListApiTokensResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 4, name: "HackSessionContext.obsoleteListApiTokens") }
            public static var obsoleteRevokeApiToken: Method<Wire.HackSessionContext.ObsoleteRevokeApiTokenParams, Wire.HackSessionContext.ObsoleteRevokeApiTokenResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 5, name: "HackSessionContext.obsoleteRevokeApiToken") }
            public static var obsoleteGetIpNetwork: Method<Wire.HackSessionContext.ObsoleteGetIpNetworkParams, Wire.HackSessionContext.ObsoleteGetIpNetworkResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 6, name: "HackSessionContext.obsoleteGetIpNetwork") }
            public static var obsoleteGetIpInterface: Method<Wire.HackSessionContext.ObsoleteGetIpInterfaceParams, Wire.HackSessionContext.ObsoleteGetIpInterfaceResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 7, name: "HackSessionContext.obsoleteGetIpInterface") }
            public static var obsoleteGetUiViewForEndpoint: Method<Wire.HackSessionContext.ObsoleteGetUiViewForEndpointParams, Wire.HackSessionContext.ObsoleteGetUiViewForEndpointResults> { .init(interfaceID: 0xe14c1f5321159b8f, ordinal: 8, name: "HackSessionContext.obsoleteGetUiViewForEndpoint") }
        }
        public enum GetPublicIdParams: StructSchema {
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
        public enum GetPublicIdResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPublicId: Bool { !structure.pointer(0).isNull }
                public var publicId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasHostname: Bool { !structure.pointer(1).isNull }
                public var hostname: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasAutoUrl: Bool { !structure.pointer(2).isNull }
                public var autoUrl: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var isDemoUser: Bool { structure.bool(bit: 0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPublicId(_ text: String) { structure.pointer(0).setText(text) }
                public func setHostname(_ text: String) { structure.pointer(1).setText(text) }
                public func setAutoUrl(_ text: String) { structure.pointer(2).setText(text) }
                public func setIsDemoUser(_ value: Bool) { structure.setBool(value, bit: 0) }
            }
        }
        public enum ObsoleteHttpGetParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUrl: Bool { !structure.pointer(0).isNull }
                public var url: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setUrl(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum ObsoleteHttpGetResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasMimeType: Bool { !structure.pointer(0).isNull }
                public var mimeType: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasContent: Bool { !structure.pointer(1).isNull }
                public var content: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setMimeType(_ text: String) { structure.pointer(0).setText(text) }
                public func setContent(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
                public func initContent(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
            }
        }
        public enum GetUserAddressParams: StructSchema {
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
        public enum ObsoleteGenerateApiTokenParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPetname: Bool { !structure.pointer(0).isNull }
                public var petname: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasUserInfo: Bool { !structure.pointer(1).isNull }
                public var userInfo: Wire.UserInfo.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.UserInfo.self) } }
                public var expires: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPetname(_ text: String) { structure.pointer(0).setText(text) }
                public func initUserInfo() -> Wire.UserInfo.Builder { structure.pointer(1).initStructure(Wire.UserInfo.self) }
                public func copyUserInfo(_ source: Wire.UserInfo.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func setExpires(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum ObsoleteGenerateApiTokenResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasToken: Bool { !structure.pointer(0).isNull }
                public var token: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasEndpointUrl: Bool { !structure.pointer(1).isNull }
                public var endpointUrl: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasTokenId: Bool { !structure.pointer(2).isNull }
                public var tokenId: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setToken(_ text: String) { structure.pointer(0).setText(text) }
                public func setEndpointUrl(_ text: String) { structure.pointer(1).setText(text) }
                public func setTokenId(_ text: String) { structure.pointer(2).setText(text) }
            }
        }
        public enum ObsoleteListApiTokensParams: StructSchema {
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
        public enum ObsoleteListApiTokensResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTokens: Bool { !structure.pointer(0).isNull }
                public var tokens: StructList<Wire.HackSessionContext.TokenInfo> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.HackSessionContext.TokenInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initTokens(count: Int) -> StructListBuilder<Wire.HackSessionContext.TokenInfo> { structure.pointer(0).initList(of: Wire.HackSessionContext.TokenInfo.self, count: count) }
            }
        }
        public enum ObsoleteRevokeApiTokenParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTokenId: Bool { !structure.pointer(0).isNull }
                public var tokenId: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setTokenId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum ObsoleteRevokeApiTokenResults: StructSchema {
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
        public enum ObsoleteGetIpNetworkParams: StructSchema {
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
        public enum ObsoleteGetIpNetworkResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasNetwork: Bool { !structure.pointer(0).isNull }
                public var network: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNetwork(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ObsoleteGetIpInterfaceParams: StructSchema {
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
        public enum ObsoleteGetIpInterfaceResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasInterface: Bool { !structure.pointer(0).isNull }
                public var interface: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setInterface(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ObsoleteGetUiViewForEndpointParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUrl: Bool { !structure.pointer(0).isNull }
                public var url: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setUrl(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum ObsoleteGetUiViewForEndpointResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasView: Bool { !structure.pointer(0).isNull }
                public var view: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setView(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum TokenInfo: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTokenId: Bool { !structure.pointer(0).isNull }
                public var tokenId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasPetname: Bool { !structure.pointer(1).isNull }
                public var petname: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasUserInfo: Bool { !structure.pointer(2).isNull }
                public var userInfo: Wire.UserInfo.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.UserInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setTokenId(_ text: String) { structure.pointer(0).setText(text) }
                public func setPetname(_ text: String) { structure.pointer(1).setText(text) }
                public func initUserInfo() -> Wire.UserInfo.Builder { structure.pointer(2).initStructure(Wire.UserInfo.self) }
                public func copyUserInfo(_ source: Wire.UserInfo.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
    }
}

extension Wire {
    public enum HackEmailSession {
        public static let interfaceID: UInt64 = 0xc3b5ced7344b04a6
        public enum Methods {
        }
    }
}

