// Generated from sandstorm/sandstorm-http-bridge.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum SandstormHttpBridge {
        public static let interfaceID: UInt64 = 0xad678f0d09bdd98a
        public enum Methods {
            public static var getSandstormApi: Method<Wire.SandstormHttpBridge.GetSandstormApiParams, Wire.SandstormHttpBridge.GetSandstormApiResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 0, name: "SandstormHttpBridge.getSandstormApi") }
            public static var getSessionContext: Method<Wire.SandstormHttpBridge.GetSessionContextParams, Wire.SandstormHttpBridge.GetSessionContextResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 1, name: "SandstormHttpBridge.getSessionContext") }
            public static var getSavedIdentity: Method<Wire.SandstormHttpBridge.GetSavedIdentityParams, Wire.SandstormHttpBridge.GetSavedIdentityResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 2, name: "SandstormHttpBridge.getSavedIdentity") }
            public static var saveIdentity: Method<Wire.SandstormHttpBridge.SaveIdentityParams, Wire.SandstormHttpBridge.SaveIdentityResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 3, name: "SandstormHttpBridge.saveIdentity") }
            public static var getSessionRequest: Method<Wire.SandstormHttpBridge.GetSessionRequestParams, Wire.SandstormHttpBridge.GetSessionRequestResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 4, name: "SandstormHttpBridge.getSessionRequest") }
            public static var getSessionOffer: Method<Wire.SandstormHttpBridge.GetSessionOfferParams, Wire.SandstormHttpBridge.GetSessionOfferResults> { .init(interfaceID: 0xad678f0d09bdd98a, ordinal: 5, name: "SandstormHttpBridge.getSessionOffer") }
        }
        public enum GetSandstormApiParams: StructSchema {
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
        public enum GetSandstormApiResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasApi: Bool { !structure.pointer(0).isNull }
                public var api: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setApi(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetSessionContextParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasId: Bool { !structure.pointer(0).isNull }
                public var id: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetSessionContextResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasContext: Bool { !structure.pointer(0).isNull }
                public var context: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setContext(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum GetSavedIdentityParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasIdentityId: Bool { !structure.pointer(0).isNull }
                public var identityId: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setIdentityId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetSavedIdentityResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasIdentity: Bool { !structure.pointer(0).isNull }
                public var identity: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setIdentity(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum SaveIdentityParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasIdentity: Bool { !structure.pointer(0).isNull }
                public var identity: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setIdentity(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum SaveIdentityResults: StructSchema {
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
        public enum GetSessionRequestParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasId: Bool { !structure.pointer(0).isNull }
                public var id: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetSessionRequestResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
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
        public enum GetSessionOfferParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasId: Bool { !structure.pointer(0).isNull }
                public var id: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum GetSessionOfferResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
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

extension Wire {
    public enum AppHooks {
        public static let interfaceID: UInt64 = 0xcb12390f1429f70f
        public enum Methods {
            public static var getViewInfo: Method<Wire.AppHooks.GetViewInfoParams, Wire.UiView.ViewInfo> { .init(interfaceID: 0xcb12390f1429f70f, ordinal: 0, name: "AppHooks.getViewInfo") }
            public static var restore: Method<Wire.AppHooks.RestoreParams, Wire.AppHooks.RestoreResults> { .init(interfaceID: 0xcb12390f1429f70f, ordinal: 1, name: "AppHooks.restore") }
            public static var drop: Method<Wire.AppHooks.DropParams, Wire.AppHooks.DropResults> { .init(interfaceID: 0xcb12390f1429f70f, ordinal: 2, name: "AppHooks.drop") }
        }
        public enum GetViewInfoParams: StructSchema {
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
        public enum RestoreParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var objectId: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initObjectId() -> PointerBuilder { structure.pointer(0) }
            }
        }
        public enum RestoreResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum DropParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var objectId: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initObjectId() -> PointerBuilder { structure.pointer(0) }
            }
        }
        public enum DropResults: StructSchema {
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
}

