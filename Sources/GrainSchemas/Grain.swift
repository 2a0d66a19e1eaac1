// Generated from sandstorm/grain.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum SandstormApi {
        public static let interfaceID: UInt64 = 0xd2654fcf2a7002cb
        public enum Methods {
            public static var deprecatedPublish: Method<Wire.SandstormApi.DeprecatedPublishParams, Wire.SandstormApi.DeprecatedPublishResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 0, name: "SandstormApi.deprecatedPublish") }
            public static var deprecatedRegisterAction: Method<Wire.SandstormApi.DeprecatedRegisterActionParams, Wire.SandstormApi.DeprecatedRegisterActionResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 1, name: "SandstormApi.deprecatedRegisterAction") }
            public static var shareCap: Method<Wire.SandstormApi.ShareCapParams, Wire.SandstormApi.ShareCapResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 2, name: "SandstormApi.shareCap") }
            public static var shareView: Method<Wire.SandstormApi.ShareViewParams, Wire.SandstormApi.ShareViewResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 3, name: "SandstormApi.shareView") }
            public static var restore: Method<Wire.SandstormApi.RestoreParams, Wire.SandstormApi.RestoreResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 4, name: "SandstormApi.restore") }
            public static var drop: Method<Wire.SandstormApi.DropParams, Wire.SandstormApi.DropResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 5, name: "SandstormApi.drop") }
            public static var deleted: Method<Wire.SandstormApi.DeletedParams, Wire.SandstormApi.DeletedResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 6, name: "SandstormApi.deleted") }
            public static var stayAwake: Method<Wire.SandstormApi.StayAwakeParams, Wire.SandstormApi.StayAwakeResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 7, name: "SandstormApi.stayAwake") }
            public static var save: Method<Wire.SandstormApi.SaveParams, Wire.SandstormApi.SaveResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 8, name: "SandstormApi.save") }
            public static var backgroundActivity: Method<Wire.SandstormApi.BackgroundActivityParams, Wire.SandstormApi.BackgroundActivityResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 9, name: "SandstormApi.backgroundActivity") }
            public static var getIdentityId: Method<Wire.SandstormApi.GetIdentityIdParams, Wire.SandstormApi.GetIdentityIdResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 10, name: "SandstormApi.getIdentityId") }
            public static var schedule: Method<Wire.ScheduledJob, Wire.SandstormApi.ScheduleResults> { .init(interfaceID: 0xd2654fcf2a7002cb, ordinal: 11, name: "SandstormApi.schedule") }
        }
        public enum DeprecatedPublishParams: StructSchema {
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
        public enum DeprecatedPublishResults: StructSchema {
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
        public enum DeprecatedRegisterActionParams: StructSchema {
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
        public enum DeprecatedRegisterActionResults: StructSchema {
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
        public enum ShareCapParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasDisplayInfo: Bool { !structure.pointer(1).isNull }
                public var displayInfo: Wire.PowerboxDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.PowerboxDisplayInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func initDisplayInfo() -> Wire.PowerboxDisplayInfo.Builder { structure.pointer(1).initStructure(Wire.PowerboxDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.PowerboxDisplayInfo.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
        public enum ShareCapResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSharedCap: Bool { !structure.pointer(0).isNull }
                public var sharedCap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasLink: Bool { !structure.pointer(1).isNull }
                public var link: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSharedCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setLink(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum ShareViewParams: StructSchema {
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
        public enum ShareViewResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSharedView: Bool { !structure.pointer(0).isNull }
                public var sharedView: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasLink: Bool { !structure.pointer(1).isNull }
                public var link: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSharedView(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setLink(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum RestoreParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasToken: Bool { !structure.pointer(0).isNull }
                public var token: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setToken(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initToken(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
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
                public var hasToken: Bool { !structure.pointer(0).isNull }
                public var token: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setToken(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initToken(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
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
        public enum DeletedParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var ref: PointerReader { structure.pointer(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRef() -> PointerBuilder { structure.pointer(0) }
            }
        }
        public enum DeletedResults: StructSchema {
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
        public enum StayAwakeParams: StructSchema {
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
        public enum StayAwakeResults: StructSchema {
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
        public enum SaveParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasLabel: Bool { !structure.pointer(1).isNull }
                public var label: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func initLabel() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
                public func copyLabel(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
        public enum SaveResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasToken: Bool { !structure.pointer(0).isNull }
                public var token: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setToken(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initToken(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            }
        }
        public enum BackgroundActivityParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEvent: Bool { !structure.pointer(0).isNull }
                public var event: Wire.ActivityEvent.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.ActivityEvent.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initEvent() -> Wire.ActivityEvent.Builder { structure.pointer(0).initStructure(Wire.ActivityEvent.self) }
                public func copyEvent(_ source: Wire.ActivityEvent.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum BackgroundActivityResults: StructSchema {
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
        public enum GetIdentityIdParams: StructSchema {
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
        public enum GetIdentityIdResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasId: Bool { !structure.pointer(0).isNull }
                public var id: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setId(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initId(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            }
        }
        public enum ScheduleResults: StructSchema {
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

extension Wire {
    public enum ScheduledJob: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 3, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasName: Bool { !structure.pointer(0).isNull }
            public var name: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasCallback: Bool { !structure.pointer(1).isNull }
            public var callback: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            public var schedule: Wire.ScheduledJob.Schedule.Reader { .init(structure) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initName() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyName(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func setCallback(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            public func initSchedule() -> Wire.ScheduledJob.Schedule.Builder { Wire.ScheduledJob.Schedule.Builder(structure) }
        }
        public enum Schedule {
            public enum Which: UInt16, Sendable {
                case oneShot = 0
                case periodic = 1
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(16)) }
                public var oneShot: Wire.ScheduledJob.Schedule.OneShot.Reader { .init(structure) }
                public var periodic: Wire.SchedulingPeriod? { .init(rawValue: structure.load(0)) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initOneShot() -> Wire.ScheduledJob.Schedule.OneShot.Builder { structure.store(UInt16(0), 16); return Wire.ScheduledJob.Schedule.OneShot.Builder(structure) }
                public func setPeriodic(_ value: Wire.SchedulingPeriod) { structure.store(UInt16(1), 16); structure.store(value.rawValue, 0) }
            }
            public enum OneShot {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var when: Int64 { structure.load(0) }
                    public var slack: UInt64 { structure.load(8) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setWhen(_ value: Int64) { structure.store(value, 0) }
                    public func setSlack(_ value: UInt64) { structure.store(value, 8) }
                }
            }
        }
        public enum Callback {
            public static let interfaceID: UInt64 = 0xab619ad5a8fb7e11
            public enum Methods {
                public static var run: Method<Wire.ScheduledJob.Callback.RunParams, Wire.ScheduledJob.Callback.RunResults> { .init(interfaceID: 0xab619ad5a8fb7e11, ordinal: 0, name: "Callback.run") }
            }
            public enum RunParams: StructSchema {
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
            public enum RunResults: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var cancelFutureRuns: Bool { structure.bool(bit: 0) }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setCancelFutureRuns(_ value: Bool) { structure.setBool(value, bit: 0) }
                }
            }
        }
    }
}

extension Wire {
    public static let minimumSchedulingSlack: UInt64 = 300000000000
}

extension Wire {
    public enum SchedulingPeriod: UInt16, Sendable, CaseIterable {
        case hourly = 0
        case daily = 1
        case monthly = 2
        case annually = 3
        case weekly = 4
    }
}

extension Wire {
    public enum UiView {
        public static let interfaceID: UInt64 = 0xdbb4d798ea67e2e7
        public enum Methods {
            public static var getViewInfo: Method<Wire.UiView.GetViewInfoParams, Wire.UiView.ViewInfo> { .init(interfaceID: 0xdbb4d798ea67e2e7, ordinal: 0, name: "UiView.getViewInfo") }
            public static var newSession: Method<Wire.UiView.NewSessionParams, Wire.UiView.NewSessionResults> { .init(interfaceID: 0xdbb4d798ea67e2e7, ordinal: 1, name: "UiView.newSession") }
            public static var newRequestSession: Method<Wire.UiView.NewRequestSessionParams, Wire.UiView.NewRequestSessionResults> { .init(interfaceID: 0xdbb4d798ea67e2e7, ordinal: 2, name: "UiView.newRequestSession") }
            public static var newOfferSession: Method<Wire.UiView.NewOfferSessionParams, Wire.UiView.NewOfferSessionResults> { .init(interfaceID: 0xdbb4d798ea67e2e7, ordinal: 3, name: "UiView.newOfferSession") }
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
        public enum NewSessionParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUserInfo: Bool { !structure.pointer(0).isNull }
                public var userInfo: Wire.UserInfo.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.UserInfo.self) } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
                public var sessionType: UInt64 { structure.load(0) }
                public var sessionParams: PointerReader { structure.pointer(2) }
                public var hasTabId: Bool { !structure.pointer(3).isNull }
                public var tabId: DataReader { get throws(MessageError) { try structure.pointer(3).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initUserInfo() -> Wire.UserInfo.Builder { structure.pointer(0).initStructure(Wire.UserInfo.self) }
                public func copyUserInfo(_ source: Wire.UserInfo.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setContext(capability: UInt32) { structure.pointer(1).setCapability(capability) }
                public func setSessionType(_ value: UInt64) { structure.store(value, 0) }
                public func initSessionParams() -> PointerBuilder { structure.pointer(2) }
                public func setTabId(_ bytes: some Collection<UInt8>) { structure.pointer(3).setData(bytes) }
                public func initTabId(count: Int) -> DataBuilder { structure.pointer(3).initData(count: count) }
            }
        }
        public enum NewSessionResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSession: Bool { !structure.pointer(0).isNull }
                public var session: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSession(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum NewRequestSessionParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 5) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUserInfo: Bool { !structure.pointer(0).isNull }
                public var userInfo: Wire.UserInfo.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.UserInfo.self) } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
                public var sessionType: UInt64 { structure.load(0) }
                public var sessionParams: PointerReader { structure.pointer(2) }
                public var hasRequestInfo: Bool { !structure.pointer(3).isNull }
                public var requestInfo: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(3).list(of: Wire.PowerboxDescriptor.self) } }
                public var hasTabId: Bool { !structure.pointer(4).isNull }
                public var tabId: DataReader { get throws(MessageError) { try structure.pointer(4).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initUserInfo() -> Wire.UserInfo.Builder { structure.pointer(0).initStructure(Wire.UserInfo.self) }
                public func copyUserInfo(_ source: Wire.UserInfo.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setContext(capability: UInt32) { structure.pointer(1).setCapability(capability) }
                public func setSessionType(_ value: UInt64) { structure.store(value, 0) }
                public func initSessionParams() -> PointerBuilder { structure.pointer(2) }
                public func initRequestInfo(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.pointer(3).initList(of: Wire.PowerboxDescriptor.self, count: count) }
                public func setTabId(_ bytes: some Collection<UInt8>) { structure.pointer(4).setData(bytes) }
                public func initTabId(count: Int) -> DataBuilder { structure.pointer(4).initData(count: count) }
            }
        }
        public enum NewRequestSessionResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSession: Bool { !structure.pointer(0).isNull }
                public var session: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSession(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum NewOfferSessionParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 6) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUserInfo: Bool { !structure.pointer(0).isNull }
                public var userInfo: Wire.UserInfo.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.UserInfo.self) } }
                public var hasContext: Bool { !structure.pointer(1).isNull }
                public var context: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
                public var sessionType: UInt64 { structure.load(0) }
                public var sessionParams: PointerReader { structure.pointer(2) }
                public var hasOffer: Bool { !structure.pointer(3).isNull }
                public var offer: UInt32? { get throws(MessageError) { try structure.pointer(3).capability() } }
                public var hasDescriptor: Bool { !structure.pointer(4).isNull }
                public var descriptor: Wire.PowerboxDescriptor.Reader { get throws(MessageError) { try structure.pointer(4).structure(Wire.PowerboxDescriptor.self) } }
                public var hasTabId: Bool { !structure.pointer(5).isNull }
                public var tabId: DataReader { get throws(MessageError) { try structure.pointer(5).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initUserInfo() -> Wire.UserInfo.Builder { structure.pointer(0).initStructure(Wire.UserInfo.self) }
                public func copyUserInfo(_ source: Wire.UserInfo.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setContext(capability: UInt32) { structure.pointer(1).setCapability(capability) }
                public func setSessionType(_ value: UInt64) { structure.store(value, 0) }
                public func initSessionParams() -> PointerBuilder { structure.pointer(2) }
                public func setOffer(capability: UInt32) { structure.pointer(3).setCapability(capability) }
                public func initDescriptor() -> Wire.PowerboxDescriptor.Builder { structure.pointer(4).initStructure(Wire.PowerboxDescriptor.self) }
                public func copyDescriptor(_ source: Wire.PowerboxDescriptor.Reader) throws(MessageError) { try structure.pointer(4).copy(source.structure) }
                public func setTabId(_ bytes: some Collection<UInt8>) { structure.pointer(5).setData(bytes) }
                public func initTabId(count: Int) -> DataBuilder { structure.pointer(5).initData(count: count) }
            }
        }
        public enum NewOfferSessionResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSession: Bool { !structure.pointer(0).isNull }
                public var session: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSession(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum ViewInfo: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 8) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPermissions: Bool { !structure.pointer(0).isNull }
                public var permissions: StructList<Wire.PermissionDef> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.PermissionDef.self) } }
                public var hasRoles: Bool { !structure.pointer(1).isNull }
                public var roles: StructList<Wire.RoleDef> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.RoleDef.self) } }
                public var hasDeniedPermissions: Bool { !structure.pointer(2).isNull }
                public var deniedPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(2).list(of: Bool.self) } }
                public var hasMatchRequests: Bool { !structure.pointer(3).isNull }
                public var matchRequests: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(3).list(of: Wire.PowerboxDescriptor.self) } }
                public var hasMatchOffers: Bool { !structure.pointer(4).isNull }
                public var matchOffers: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(4).list(of: Wire.PowerboxDescriptor.self) } }
                public var hasAppTitle: Bool { !structure.pointer(5).isNull }
                public var appTitle: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(5).structure(Wire.LocalizedText.self) } }
                public var hasGrainIcon: Bool { !structure.pointer(6).isNull }
                public var grainIcon: UInt32? { get throws(MessageError) { try structure.pointer(6).capability() } }
                public var hasEventTypes: Bool { !structure.pointer(7).isNull }
                public var eventTypes: StructList<Wire.ActivityTypeDef> { get throws(MessageError) { try structure.pointer(7).list(of: Wire.ActivityTypeDef.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initPermissions(count: Int) -> StructListBuilder<Wire.PermissionDef> { structure.pointer(0).initList(of: Wire.PermissionDef.self, count: count) }
                public func initRoles(count: Int) -> StructListBuilder<Wire.RoleDef> { structure.pointer(1).initList(of: Wire.RoleDef.self, count: count) }
                public func setDeniedPermissions(_ elements: some Collection<Bool>) { structure.pointer(2).setList(elements) }
                public func initMatchRequests(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.pointer(3).initList(of: Wire.PowerboxDescriptor.self, count: count) }
                public func initMatchOffers(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.pointer(4).initList(of: Wire.PowerboxDescriptor.self, count: count) }
                public func initAppTitle() -> Wire.LocalizedText.Builder { structure.pointer(5).initStructure(Wire.LocalizedText.self) }
                public func copyAppTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(5).copy(source.structure) }
                public func setGrainIcon(capability: UInt32) { structure.pointer(6).setCapability(capability) }
                public func initEventTypes(count: Int) -> StructListBuilder<Wire.ActivityTypeDef> { structure.pointer(7).initList(of: Wire.ActivityTypeDef.self, count: count) }
            }
        }
        public enum PowerboxTag: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTitle: Bool { !structure.pointer(0).isNull }
                public var title: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setTitle(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum UiSession {
        public static let interfaceID: UInt64 = 0xf63241ee58b5166f
        public enum Methods {
        }
    }
}

extension Wire {
    public enum SessionContext {
        public static let interfaceID: UInt64 = 0xbf3e401d5a63f336
        public enum Methods {
            public static var getSharedPermissions: Method<Wire.SessionContext.GetSharedPermissionsParams, Wire.SessionContext.GetSharedPermissionsResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 0, name: "SessionContext.getSharedPermissions") }
            public static var tieToUser: Method<Wire.SessionContext.TieToUserParams, Wire.SessionContext.TieToUserResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 1, name: "SessionContext.tieToUser") }
            public static var offer: Method<Wire.SessionContext.OfferParams, Wire.SessionContext.OfferResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 2, name: "SessionContext.offer") }
            public static var request: Method<Wire.SessionContext.RequestParams, Wire.SessionContext.RequestResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 3, name: "SessionContext.request") }
            public static var fulfillRequest: Method<Wire.SessionContext.FulfillRequestParams, Wire.SessionContext.FulfillRequestResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 4, name: "SessionContext.fulfillRequest") }
            public static var close: Method<Wire.SessionContext.CloseParams, Wire.SessionContext.CloseResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 5, name: "SessionContext.close") }
            public static var openView: Method<Wire.SessionContext.OpenViewParams, Wire.SessionContext.OpenViewResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 6, name: "SessionContext.openView") }
            public static var claimRequest: Method<Wire.SessionContext.ClaimRequestParams, Wire.SessionContext.ClaimRequestResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 7, name: "SessionContext.claimRequest") }
            public static var activity: Method<Wire.SessionContext.ActivityParams, Wire.SessionContext.ActivityResults> { .init(interfaceID: 0xbf3e401d5a63f336, ordinal: 8, name: "SessionContext.activity") }
        }
        public enum GetSharedPermissionsParams: StructSchema {
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
        public enum GetSharedPermissionsResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasVar: Bool { !structure.pointer(0).isNull }
                public var `var`: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setVar(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum TieToUserParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
                public var requiredPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
                public var hasDisplayInfo: Bool { !structure.pointer(2).isNull }
                public var displayInfo: Wire.PowerboxDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.PowerboxDisplayInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setRequiredPermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
                public func initDisplayInfo() -> Wire.PowerboxDisplayInfo.Builder { structure.pointer(2).initStructure(Wire.PowerboxDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.PowerboxDisplayInfo.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
        public enum TieToUserResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasTiedCap: Bool { !structure.pointer(0).isNull }
                public var tiedCap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setTiedCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum OfferParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
                public var requiredPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
                public var hasDescriptor: Bool { !structure.pointer(2).isNull }
                public var descriptor: Wire.PowerboxDescriptor.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.PowerboxDescriptor.self) } }
                public var hasDisplayInfo: Bool { !structure.pointer(3).isNull }
                public var displayInfo: Wire.PowerboxDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.PowerboxDisplayInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setRequiredPermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
                public func initDescriptor() -> Wire.PowerboxDescriptor.Builder { structure.pointer(2).initStructure(Wire.PowerboxDescriptor.self) }
                public func copyDescriptor(_ source: Wire.PowerboxDescriptor.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func initDisplayInfo() -> Wire.PowerboxDisplayInfo.Builder { structure.pointer(3).initStructure(Wire.PowerboxDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.PowerboxDisplayInfo.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            }
        }
        public enum OfferResults: StructSchema {
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
        public enum RequestParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasQuery: Bool { !structure.pointer(0).isNull }
                public var query: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.PowerboxDescriptor.self) } }
                public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
                public var requiredPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initQuery(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.pointer(0).initList(of: Wire.PowerboxDescriptor.self, count: count) }
                public func setRequiredPermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
            }
        }
        public enum RequestResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasDescriptor: Bool { !structure.pointer(1).isNull }
                public var descriptor: Wire.PowerboxDescriptor.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.PowerboxDescriptor.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func initDescriptor() -> Wire.PowerboxDescriptor.Builder { structure.pointer(1).initStructure(Wire.PowerboxDescriptor.self) }
                public func copyDescriptor(_ source: Wire.PowerboxDescriptor.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
        public enum FulfillRequestParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 4) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCap: Bool { !structure.pointer(0).isNull }
                public var cap: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
                public var requiredPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
                public var hasDescriptor: Bool { !structure.pointer(2).isNull }
                public var descriptor: Wire.PowerboxDescriptor.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.PowerboxDescriptor.self) } }
                public var hasDisplayInfo: Bool { !structure.pointer(3).isNull }
                public var displayInfo: Wire.PowerboxDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.PowerboxDisplayInfo.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCap(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setRequiredPermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
                public func initDescriptor() -> Wire.PowerboxDescriptor.Builder { structure.pointer(2).initStructure(Wire.PowerboxDescriptor.self) }
                public func copyDescriptor(_ source: Wire.PowerboxDescriptor.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func initDisplayInfo() -> Wire.PowerboxDisplayInfo.Builder { structure.pointer(3).initStructure(Wire.PowerboxDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.PowerboxDisplayInfo.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            }
        }
        public enum FulfillRequestResults: StructSchema {
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
        public enum CloseParams: StructSchema {
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
        public enum CloseResults: StructSchema {
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
        public enum OpenViewParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasView: Bool { !structure.pointer(0).isNull }
                public var view: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
                public var hasPath: Bool { !structure.pointer(1).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var newTab: Bool { structure.bool(bit: 0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setView(capability: UInt32) { structure.pointer(0).setCapability(capability) }
                public func setPath(_ text: String) { structure.pointer(1).setText(text) }
                public func setNewTab(_ value: Bool) { structure.setBool(value, bit: 0) }
            }
        }
        public enum OpenViewResults: StructSchema {
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
        public enum ClaimRequestParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRequestToken: Bool { !structure.pointer(0).isNull }
                public var requestToken: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasRequiredPermissions: Bool { !structure.pointer(1).isNull }
                public var requiredPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setRequestToken(_ text: String) { structure.pointer(0).setText(text) }
                public func setRequiredPermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
            }
        }
        public enum ClaimRequestResults: StructSchema {
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
        public enum ActivityParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasEvent: Bool { !structure.pointer(0).isNull }
                public var event: Wire.ActivityEvent.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.ActivityEvent.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initEvent() -> Wire.ActivityEvent.Builder { structure.pointer(0).initStructure(Wire.ActivityEvent.self) }
                public func copyEvent(_ source: Wire.ActivityEvent.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            }
        }
        public enum ActivityResults: StructSchema {
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

extension Wire {
    public enum PermissionDef: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasName: Bool { !structure.pointer(2).isNull }
            public var name: String { get throws(MessageError) { try structure.pointer(2).text() } }
            public var hasTitle: Bool { !structure.pointer(0).isNull }
            public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasDescription: Bool { !structure.pointer(1).isNull }
            public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            public var obsolete: Bool { structure.bool(bit: 0) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setName(_ text: String) { structure.pointer(2).setText(text) }
            public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
            public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func setObsolete(_ value: Bool) { structure.setBool(value, bit: 0) }
        }
    }
}

extension Wire {
    public enum RoleDef: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 4) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasTitle: Bool { !structure.pointer(0).isNull }
            public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var hasVerbPhrase: Bool { !structure.pointer(1).isNull }
            public var verbPhrase: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            public var hasDescription: Bool { !structure.pointer(2).isNull }
            public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
            public var hasPermissions: Bool { !structure.pointer(3).isNull }
            public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(3).list(of: Bool.self) } }
            public var obsolete: Bool { structure.bool(bit: 0) }
            public var `default`: Bool { structure.bool(bit: 1) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initVerbPhrase() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
            public func copyVerbPhrase(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(3).setList(elements) }
            public func setObsolete(_ value: Bool) { structure.setBool(value, bit: 0) }
            public func setDefault(_ value: Bool) { structure.setBool(value, bit: 1) }
        }
    }
}

extension Wire {
    public enum SharingLink {
        public static let interfaceID: UInt64 = 0xc05520c9b0994ad3
        public enum Methods {
            public static var getPetname: Method<Wire.SharingLink.GetPetnameParams, Wire.SharingLink.GetPetnameResults> { .init(interfaceID: 0xc05520c9b0994ad3, ordinal: 0, name: "SharingLink.getPetname") }
        }
        public enum GetPetnameParams: StructSchema {
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
        public enum GetPetnameResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasName: Bool { !structure.pointer(0).isNull }
                public var name: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setName(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
    }
}

extension Wire {
    public enum ViewSharingLink {
        public static let interfaceID: UInt64 = 0xa4f82f764dc3fee8
        public enum Methods {
            public static var getRoleAssignment: Method<Wire.ViewSharingLink.GetRoleAssignmentParams, Wire.ViewSharingLink.GetRoleAssignmentResults> { .init(interfaceID: 0xa4f82f764dc3fee8, ordinal: 0, name: "ViewSharingLink.getRoleAssignment") }
        }
        public enum GetRoleAssignmentParams: StructSchema {
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
        public enum GetRoleAssignmentResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasVar: Bool { !structure.pointer(0).isNull }
                public var `var`: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setVar(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum RoleAssignment: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
            public enum Which: UInt16, Sendable {
                case none = 0
                case allAccess = 1
                case roleId = 2
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(0)) }
                public var roleId: UInt16 { structure.load(2) }
                public var hasAddPermissions: Bool { !structure.pointer(0).isNull }
                public var addPermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(0).list(of: Bool.self) } }
                public var hasRemovePermissions: Bool { !structure.pointer(1).isNull }
                public var removePermissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(1).list(of: Bool.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNone() { structure.store(UInt16(0), 0) }
                public func setAllAccess() { structure.store(UInt16(1), 0) }
                public func setRoleId(_ value: UInt16) { structure.store(UInt16(2), 0); structure.store(value, 2) }
                public func setAddPermissions(_ elements: some Collection<Bool>) { structure.pointer(0).setList(elements) }
                public func setRemovePermissions(_ elements: some Collection<Bool>) { structure.pointer(1).setList(elements) }
            }
        }
    }
}

extension Wire {
    public enum GrainInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 5) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasAppId: Bool { !structure.pointer(0).isNull }
            public var appId: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var appVersion: UInt32 { structure.load(0) }
            public var hasTitle: Bool { !structure.pointer(1).isNull }
            public var title: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var hasOwnerIdentityId: Bool { !structure.pointer(2).isNull }
            public var ownerIdentityId: String { get throws(MessageError) { try structure.pointer(2).text() } }
            public var hasUsers: Bool { !structure.pointer(3).isNull }
            public var users: StructList<Wire.GrainInfo.User> { get throws(MessageError) { try structure.pointer(3).list(of: Wire.GrainInfo.User.self) } }
            public var hasOriginalGrainId: Bool { !structure.pointer(4).isNull }
            public var originalGrainId: String { get throws(MessageError) { try structure.pointer(4).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setAppId(_ text: String) { structure.pointer(0).setText(text) }
            public func setAppVersion(_ value: UInt32) { structure.store(value, 0) }
            public func setTitle(_ text: String) { structure.pointer(1).setText(text) }
            public func setOwnerIdentityId(_ text: String) { structure.pointer(2).setText(text) }
            public func initUsers(count: Int) -> StructListBuilder<Wire.GrainInfo.User> { structure.pointer(3).initList(of: Wire.GrainInfo.User.self, count: count) }
            public func setOriginalGrainId(_ text: String) { structure.pointer(4).setText(text) }
        }
        public enum User: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasIdentityId: Bool { !structure.pointer(0).isNull }
                public var identityId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasCredentialIds: Bool { !structure.pointer(1).isNull }
                public var credentialIds: PointerList { get throws(MessageError) { try structure.pointer(1).pointers() } }
                public var hasProfile: Bool { !structure.pointer(2).isNull }
                public var profile: Wire.Profile.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.Profile.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setIdentityId(_ text: String) { structure.pointer(0).setText(text) }
                public func setCredentialIds(_ texts: some Collection<String>) { structure.pointer(1).setTexts(texts) }
                public func initCredentialIds(count: Int) -> PointerListBuilder { structure.pointer(1).initPointers(count: count) }
                public func initProfile() -> Wire.Profile.Builder { structure.pointer(2).initStructure(Wire.Profile.self) }
                public func copyProfile(_ source: Wire.Profile.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            }
        }
    }
}

extension Wire {
    public enum AppPersistent {
        public static let interfaceID: UInt64 = 0xaffa789add8747b8
        public enum Methods {
            public static var save: Method<Wire.AppPersistent.SaveParams, Wire.AppPersistent.SaveResults> { .init(interfaceID: 0xaffa789add8747b8, ordinal: 0, name: "AppPersistent.save") }
        }
        public enum SaveParams: StructSchema {
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
        public enum SaveResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var objectId: PointerReader { structure.pointer(0) }
                public var hasLabel: Bool { !structure.pointer(1).isNull }
                public var label: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initObjectId() -> PointerBuilder { structure.pointer(0) }
                public func initLabel() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
                public func copyLabel(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            }
        }
    }
}

extension Wire {
    public enum MainView {
        public static let interfaceID: UInt64 = 0xc277e9822ae2c8fc
        public enum Methods {
            public static var restore: Method<Wire.MainView.RestoreParams, Wire.MainView.RestoreResults> { .init(interfaceID: 0xc277e9822ae2c8fc, ordinal: 0, name: "MainView.restore") }
            public static var drop: Method<Wire.MainView.DropParams, Wire.MainView.DropResults> { .init(interfaceID: 0xc277e9822ae2c8fc, ordinal: 1, name: "MainView.drop") }
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

