// Generated from sandstorm/identity.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum Identity {
        public static let interfaceID: UInt64 = 0xc084987aa951dd18
        public enum Methods {
            public static var getProfile: Method<Wire.Identity.GetProfileParams, Wire.Identity.GetProfileResults> { .init(interfaceID: 0xc084987aa951dd18, ordinal: 0, name: "Identity.getProfile") }
        }
        public enum GetProfileParams: StructSchema {
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
        public enum GetProfileResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasProfile: Bool { !structure.pointer(0).isNull }
                public var profile: Wire.Profile.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.Profile.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initProfile() -> Wire.Profile.Builder { structure.pointer(0).initStructure(Wire.Profile.self) }
                public func copyProfile(_ source: Wire.Profile.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPermissions: Bool { !structure.pointer(0).isNull }
                public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(0).list(of: Bool.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(0).setList(elements) }
            }
        }
    }
}

extension Wire {
    public enum Profile: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasDisplayName: Bool { !structure.pointer(0).isNull }
            public var displayName: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasPreferredHandle: Bool { !structure.pointer(1).isNull }
            public var preferredHandle: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var hasPicture: Bool { !structure.pointer(2).isNull }
            public var picture: UInt32? { get throws(MessageError) { try structure.pointer(2).capability() } }
            public var pronouns: Wire.Profile.Pronouns? { .init(rawValue: structure.load(0)) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initDisplayName() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyDisplayName(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func setPreferredHandle(_ text: String) { structure.pointer(1).setText(text) }
            public func setPicture(capability: UInt32) { structure.pointer(2).setCapability(capability) }
            public func setPronouns(_ value: Wire.Profile.Pronouns) { structure.store(value.rawValue, 0) }
        }
        public enum Pronouns: UInt16, Sendable, CaseIterable {
            case neutral = 0
            case male = 1
            case female = 2
            case robot = 3
        }
    }
}

extension Wire {
    public enum UserInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 7) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasDisplayName: Bool { !structure.pointer(0).isNull }
            public var displayName: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasPreferredHandle: Bool { !structure.pointer(4).isNull }
            public var preferredHandle: String { get throws(MessageError) { try structure.pointer(4).text() } }
            public var hasPictureUrl: Bool { !structure.pointer(5).isNull }
            public var pictureUrl: String { get throws(MessageError) { try structure.pointer(5).text() } }
            public var pronouns: Wire.Profile.Pronouns? { .init(rawValue: structure.load(0)) }
            public var hasDeprecatedPermissionsBlob: Bool { !structure.pointer(1).isNull }
            public var deprecatedPermissionsBlob: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
            public var hasPermissions: Bool { !structure.pointer(3).isNull }
            public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(3).list(of: Bool.self) } }
            public var hasIdentityId: Bool { !structure.pointer(2).isNull }
            public var identityId: DataReader { get throws(MessageError) { try structure.pointer(2).data() } }
            public var hasIdentity: Bool { !structure.pointer(6).isNull }
            public var identity: UInt32? { get throws(MessageError) { try structure.pointer(6).capability() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initDisplayName() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyDisplayName(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func setPreferredHandle(_ text: String) { structure.pointer(4).setText(text) }
            public func setPictureUrl(_ text: String) { structure.pointer(5).setText(text) }
            public func setPronouns(_ value: Wire.Profile.Pronouns) { structure.store(value.rawValue, 0) }
            public func setDeprecatedPermissionsBlob(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
            public func initDeprecatedPermissionsBlob(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
            public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(3).setList(elements) }
            public func setIdentityId(_ bytes: some Collection<UInt8>) { structure.pointer(2).setData(bytes) }
            public func initIdentityId(count: Int) -> DataBuilder { structure.pointer(2).initData(count: count) }
            public func setIdentity(capability: UInt32) { structure.pointer(6).setCapability(capability) }
        }
    }
}

