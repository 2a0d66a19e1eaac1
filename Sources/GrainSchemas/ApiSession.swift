// Generated from sandstorm/api-session.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum ApiSession {
        public static let interfaceID: UInt64 = 0xc879e379c625cdc7
        public enum Methods {
        }
        public enum Params: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRemoteAddress: Bool { !structure.pointer(0).isNull }
                public var remoteAddress: Wire.IpAddress.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.IpAddress.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRemoteAddress() -> Wire.IpAddress.Builder { structure.pointer(0).initStructure(Wire.IpAddress.self) }
                public func copyRemoteAddress(_ source: Wire.IpAddress.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCanonicalUrl: Bool { !structure.pointer(0).isNull }
                public var canonicalUrl: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasOauthScopes: Bool { !structure.pointer(1).isNull }
                public var oauthScopes: StructList<Wire.ApiSession.PowerboxTag.OAuthScope> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.ApiSession.PowerboxTag.OAuthScope.self) } }
                public var hasAuthentication: Bool { !structure.pointer(2).isNull }
                public var authentication: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCanonicalUrl(_ text: String) { structure.pointer(0).setText(text) }
                public func initOauthScopes(count: Int) -> StructListBuilder<Wire.ApiSession.PowerboxTag.OAuthScope> { structure.pointer(1).initList(of: Wire.ApiSession.PowerboxTag.OAuthScope.self, count: count) }
                public func setAuthentication(_ text: String) { structure.pointer(2).setText(text) }
            }
            public enum OAuthScope: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasName: Bool { !structure.pointer(0).isNull }
                    public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setName(_ text: String) { structure.pointer(0).setText(text) }
                }
            }
        }
    }
}

