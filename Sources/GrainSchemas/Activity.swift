// Generated from sandstorm/activity.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum ActivityEvent: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 4) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasPath: Bool { !structure.pointer(0).isNull }
            public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasThread: Bool { !structure.pointer(3).isNull }
            public var thread: Wire.ActivityEvent.ThreadInfo.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.ActivityEvent.ThreadInfo.self) } }
            public var hasNotification: Bool { !structure.pointer(1).isNull }
            public var notification: Wire.NotificationDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.NotificationDisplayInfo.self) } }
            public var type: UInt16 { structure.load(0) }
            public var hasUsers: Bool { !structure.pointer(2).isNull }
            public var users: StructList<Wire.ActivityEvent.User> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.ActivityEvent.User.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setPath(_ text: String) { structure.pointer(0).setText(text) }
            public func initThread() -> Wire.ActivityEvent.ThreadInfo.Builder { structure.pointer(3).initStructure(Wire.ActivityEvent.ThreadInfo.self) }
            public func copyThread(_ source: Wire.ActivityEvent.ThreadInfo.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            public func initNotification() -> Wire.NotificationDisplayInfo.Builder { structure.pointer(1).initStructure(Wire.NotificationDisplayInfo.self) }
            public func copyNotification(_ source: Wire.NotificationDisplayInfo.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func setType(_ value: UInt16) { structure.store(value, 0) }
            public func initUsers(count: Int) -> StructListBuilder<Wire.ActivityEvent.User> { structure.pointer(2).initList(of: Wire.ActivityEvent.User.self, count: count) }
        }
        public enum User: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasIdentity: Bool { !structure.pointer(0).isNull }
                public var identity: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var mentioned: Bool { structure.bool(bit: 0) }
                public var subscribed: Bool { structure.bool(bit: 2) }
                public var canView: Bool { structure.bool(bit: 1) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setIdentity(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setMentioned(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func setSubscribed(_ value: Bool) { structure.setBool(value, bit: 2) }
                public func setCanView(_ value: Bool) { structure.setBool(value, bit: 1) }
            }
        }
        public enum ThreadInfo: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasTitle: Bool { !structure.pointer(1).isNull }
                public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
                public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
    }
}

extension Wire {
    public enum ActivityTypeDef: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasName: Bool { !structure.pointer(0).isNull }
            public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasVerbPhrase: Bool { !structure.pointer(1).isNull }
            public var verbPhrase: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            public var hasDescription: Bool { !structure.pointer(2).isNull }
            public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
            public var requiredPermission: Wire.ActivityTypeDef.RequiredPermission.Reader { .init(structure) }
            public var obsolete: Bool { structure.bool(bit: 32) }
            public var notifySubscribers: Bool { structure.bool(bit: 33) }
            public var autoSubscribeToThread: Bool { structure.bool(bit: 34) }
            public var autoSubscribeToGrain: Bool { structure.bool(bit: 35) }
            public var suppressUnread: Bool { structure.bool(bit: 36) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setName(_ text: String) { structure.pointer(0).setText(text) }
            public func initVerbPhrase() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
            public func copyVerbPhrase(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func initRequiredPermission() -> Wire.ActivityTypeDef.RequiredPermission.Builder { Wire.ActivityTypeDef.RequiredPermission.Builder(structure) }
            public func setObsolete(_ value: Bool) { structure.setBool(value, bit: 32) }
            public func setNotifySubscribers(_ value: Bool) { structure.setBool(value, bit: 33) }
            public func setAutoSubscribeToThread(_ value: Bool) { structure.setBool(value, bit: 34) }
            public func setAutoSubscribeToGrain(_ value: Bool) { structure.setBool(value, bit: 35) }
            public func setSuppressUnread(_ value: Bool) { structure.setBool(value, bit: 36) }
        }
        public enum RequiredPermission {
            public enum Which: UInt16, Sendable {
                case everyone = 0
                case permissionIndex = 1
                case explicitList = 2
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(0)) }
                public var permissionIndex: UInt16 { structure.load(2) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setEveryone() { structure.store(UInt16(0), 0) }
                public func setPermissionIndex(_ value: UInt16) { structure.store(UInt16(1), 0); structure.store(value, 2) }
                public func setExplicitList() { structure.store(UInt16(2), 0) }
            }
        }
    }
}

extension Wire {
    public enum NotificationDisplayInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasCaption: Bool { !structure.pointer(0).isNull }
            public var caption: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initCaption() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyCaption(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
        }
    }
}

extension Wire {
    public enum NotificationTarget {
        public static let interfaceID: UInt64 = 0xf0f87337d73020f0
        public enum Methods {
            public static var addOngoing: Method<Wire.NotificationTarget.AddOngoingParams, Wire.NotificationTarget.AddOngoingResults> { .init(interfaceID: 0xf0f87337d73020f0, ordinal: 0, name: "NotificationTarget.addOngoing") }
        }
        public enum AddOngoingParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasDisplayInfo: Bool { !structure.pointer(0).isNull }
                public var displayInfo: Wire.NotificationDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.NotificationDisplayInfo.self) } }
                public var hasNotification: Bool { !structure.pointer(1).isNull }
                public var notification: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initDisplayInfo() -> Wire.NotificationDisplayInfo.Builder { structure.pointer(0).initStructure(Wire.NotificationDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.NotificationDisplayInfo.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setNotification(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum AddOngoingResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasHandle: Bool { !structure.pointer(0).isNull }
                public var handle: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setHandle(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
    }
}

extension Wire {
    public enum OngoingNotification {
        public static let interfaceID: UInt64 = 0xfe851ddbb88940cd
        public enum Methods {
            public static var cancel: Method<Wire.OngoingNotification.CancelParams, Wire.OngoingNotification.CancelResults> { .init(interfaceID: 0xfe851ddbb88940cd, ordinal: 0, name: "OngoingNotification.cancel") }
        }
        public enum CancelParams: StructSchema {
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
        public enum CancelResults: StructSchema {
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

