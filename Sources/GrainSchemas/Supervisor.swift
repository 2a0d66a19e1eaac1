// Generated from sandstorm/supervisor.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum Supervisor {
        public static let interfaceID: UInt64 = 0x9951c12163385530
        public enum Methods {
            public static var getMainView: Method<Wire.Supervisor.GetMainViewParams, Wire.Supervisor.GetMainViewResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 0, name: "Supervisor.getMainView") }
            public static var keepAlive: Method<Wire.Supervisor.KeepAliveParams, Wire.Supervisor.KeepAliveResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 1, name: "Supervisor.keepAlive") }
            public static var shutdown: Method<Wire.Supervisor.ShutdownParams, Wire.Supervisor.ShutdownResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 2, name: "Supervisor.shutdown") }
            public static var obsoleteGetGrainSize: Method<Wire.Supervisor.ObsoleteGetGrainSizeParams, Wire.Supervisor.ObsoleteGetGrainSizeResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 3, name: "Supervisor.obsoleteGetGrainSize") }
            public static var obsoleteGetGrainSizeWhenDifferent: Method<Wire.Supervisor.ObsoleteGetGrainSizeWhenDifferentParams, Wire.Supervisor.ObsoleteGetGrainSizeWhenDifferentResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 4, name: "Supervisor.obsoleteGetGrainSizeWhenDifferent") }
            public static var restore: Method<Wire.Supervisor.RestoreParams, Wire.Supervisor.RestoreResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 5, name: "Supervisor.restore") }
            public static var drop: Method<Wire.Supervisor.DropParams, Wire.Supervisor.DropResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 6, name: "Supervisor.drop") }
            public static var watchLog: Method<Wire.Supervisor.WatchLogParams, Wire.Supervisor.WatchLogResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 7, name: "Supervisor.watchLog") }
            public static var syncStorage: Method<Wire.Supervisor.SyncStorageParams, Wire.Supervisor.SyncStorageResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 8, name: "Supervisor.syncStorage") }
            public static var getWwwFileHack: Method<Wire.Supervisor.GetWwwFileHackParams, Wire.Supervisor.GetWwwFileHackResults> { .init(interfaceID: 0x9951c12163385530, ordinal: 9, name: "Supervisor.getWwwFileHack") }
        }
        public enum GetMainViewParams: StructSchema {
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
        public enum GetMainViewResults: StructSchema {
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
        public enum KeepAliveParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasCore: Bool { !structure.pointer(0).isNull }
                public var core: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setCore(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum KeepAliveResults: StructSchema {
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
        public enum ShutdownParams: StructSchema {
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
        public enum ShutdownResults: StructSchema {
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
        public enum ObsoleteGetGrainSizeParams: StructSchema {
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
        public enum ObsoleteGetGrainSizeResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var size: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSize(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum ObsoleteGetGrainSizeWhenDifferentParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var oldSize: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setOldSize(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum ObsoleteGetGrainSizeWhenDifferentResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var size: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSize(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum RestoreParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRef: Bool { !structure.pointer(0).isNull }
                public var ref: Wire.SupervisorObjectId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.SupervisorObjectId.self) } }
                public var hasObsolete: Bool { !structure.pointer(1).isNull }
                public var obsolete: StructList<Wire.MembraneRequirement> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.MembraneRequirement.self) } }
                public var hasParentToken: Bool { !structure.pointer(2).isNull }
                public var parentToken: DataReader { get throws(MessageError) { try structure.pointer(2).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRef() -> Wire.SupervisorObjectId.Builder { structure.pointer(0).initStructure(Wire.SupervisorObjectId.self) }
                public func copyRef(_ source: Wire.SupervisorObjectId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func initObsolete(count: Int) -> StructListBuilder<Wire.MembraneRequirement> { structure.pointer(1).initList(of: Wire.MembraneRequirement.self, count: count) }
                public func setParentToken(_ bytes: some Collection<UInt8>) { structure.pointer(2).setData(bytes) }
                public func initParentToken(count: Int) -> DataBuilder { structure.pointer(2).initData(count: count) }
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
                public var hasRef: Bool { !structure.pointer(0).isNull }
                public var ref: Wire.SupervisorObjectId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.SupervisorObjectId.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRef() -> Wire.SupervisorObjectId.Builder { structure.pointer(0).initStructure(Wire.SupervisorObjectId.self) }
                public func copyRef(_ source: Wire.SupervisorObjectId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
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
        public enum WatchLogParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var backlogAmount: UInt64 { structure.load(0) }
                public var hasStream: Bool { !structure.pointer(0).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setBacklogAmount(_ value: UInt64) { structure.store(value, 0) }
                public func setStream(capability: UInt32) { structure.pointer(0).setCapability(capability) }
            }
        }
        public enum WatchLogResults: StructSchema {
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
        public enum SyncStorageParams: StructSchema {
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
        public enum SyncStorageResults: StructSchema {
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
        public enum GetWwwFileHackParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPath: Bool { !structure.pointer(0).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasStream: Bool { !structure.pointer(1).isNull }
                public var stream: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPath(_ text: String) { structure.pointer(0).setText(text) }
                public func setStream(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum GetWwwFileHackResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var status: Wire.Supervisor.WwwFileStatus? { .init(rawValue: structure.load(0)) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setStatus(_ value: Wire.Supervisor.WwwFileStatus) { structure.store(value.rawValue, 0) }
            }
        }
        public enum WwwFileStatus: UInt16, Sendable, CaseIterable {
            case file = 0
            case directory = 1
            case notFound = 2
        }
    }
}

extension Wire {
    public enum SandstormCore {
        public static let interfaceID: UInt64 = 0x9ba45778a294b60c
        public enum Methods {
            public static var restore: Method<Wire.SandstormCore.RestoreParams, Wire.SandstormCore.RestoreResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 0, name: "SandstormCore.restore") }
            public static var makeToken: Method<Wire.SandstormCore.MakeTokenParams, Wire.SandstormCore.MakeTokenResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 1, name: "SandstormCore.makeToken") }
            public static var getOwnerNotificationTarget: Method<Wire.SandstormCore.GetOwnerNotificationTargetParams, Wire.SandstormCore.GetOwnerNotificationTargetResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 2, name: "SandstormCore.getOwnerNotificationTarget") }
            public static var drop: Method<Wire.SandstormCore.DropParams, Wire.SandstormCore.DropResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 3, name: "SandstormCore.drop") }
            public static var obsoleteCheckRequirements: Method<Wire.SandstormCore.ObsoleteCheckRequirementsParams, Wire.SandstormCore.ObsoleteCheckRequirementsResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 4, name: "SandstormCore.obsoleteCheckRequirements") }
            public static var makeChildToken: Method<Wire.SandstormCore.MakeChildTokenParams, Wire.SandstormCore.MakeChildTokenResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 5, name: "SandstormCore.makeChildToken") }
            public static var claimRequest: Method<Wire.SandstormCore.ClaimRequestParams, Wire.SandstormCore.ClaimRequestResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 6, name: "SandstormCore.claimRequest") }
            public static var backgroundActivity: Method<Wire.SandstormCore.BackgroundActivityParams, Wire.SandstormCore.BackgroundActivityResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 7, name: "SandstormCore.backgroundActivity") }
            public static var reportGrainSize: Method<Wire.SandstormCore.ReportGrainSizeParams, Wire.SandstormCore.ReportGrainSizeResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 8, name: "SandstormCore.reportGrainSize") }
            public static var getIdentityId: Method<Wire.SandstormCore.GetIdentityIdParams, Wire.SandstormCore.GetIdentityIdResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 9, name: "SandstormCore.getIdentityId") }
            public static var schedule: Method<Wire.ScheduledJob, Wire.SandstormCore.ScheduleResults> { .init(interfaceID: 0x9ba45778a294b60c, ordinal: 10, name: "SandstormCore.schedule") }
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
        public enum MakeTokenParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRef: Bool { !structure.pointer(0).isNull }
                public var ref: Wire.SupervisorObjectId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.SupervisorObjectId.self) } }
                public var hasOwner: Bool { !structure.pointer(1).isNull }
                public var owner: Wire.ApiTokenOwner.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.ApiTokenOwner.self) } }
                public var hasRequirements: Bool { !structure.pointer(2).isNull }
                public var requirements: StructList<Wire.MembraneRequirement> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.MembraneRequirement.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRef() -> Wire.SupervisorObjectId.Builder { structure.pointer(0).initStructure(Wire.SupervisorObjectId.self) }
                public func copyRef(_ source: Wire.SupervisorObjectId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func initOwner() -> Wire.ApiTokenOwner.Builder { structure.pointer(1).initStructure(Wire.ApiTokenOwner.self) }
                public func copyOwner(_ source: Wire.ApiTokenOwner.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initRequirements(count: Int) -> StructListBuilder<Wire.MembraneRequirement> { structure.pointer(2).initList(of: Wire.MembraneRequirement.self, count: count) }
            }
        }
        public enum MakeTokenResults: StructSchema {
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
        public enum GetOwnerNotificationTargetParams: StructSchema {
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
        public enum GetOwnerNotificationTargetResults: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasOwner: Bool { !structure.pointer(0).isNull }
                public var owner: UInt32? { get throws(MessageError) { try structure.pointer(0).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setOwner(capability: UInt32) { structure.pointer(0).setCapability(capability) }
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
        public enum ObsoleteCheckRequirementsParams: StructSchema {
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
        public enum ObsoleteCheckRequirementsResults: StructSchema {
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
        public enum MakeChildTokenParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasParent: Bool { !structure.pointer(0).isNull }
                public var parent: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                public var hasOwner: Bool { !structure.pointer(1).isNull }
                public var owner: Wire.ApiTokenOwner.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.ApiTokenOwner.self) } }
                public var hasRequirements: Bool { !structure.pointer(2).isNull }
                public var requirements: StructList<Wire.MembraneRequirement> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.MembraneRequirement.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setParent(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                public func initParent(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                public func initOwner() -> Wire.ApiTokenOwner.Builder { structure.pointer(1).initStructure(Wire.ApiTokenOwner.self) }
                public func copyOwner(_ source: Wire.ApiTokenOwner.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initRequirements(count: Int) -> StructListBuilder<Wire.MembraneRequirement> { structure.pointer(2).initList(of: Wire.MembraneRequirement.self, count: count) }
            }
        }
        public enum MakeChildTokenResults: StructSchema {
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
        public enum ReportGrainSizeParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 0) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var bytes: UInt64 { structure.load(0) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setBytes(_ value: UInt64) { structure.store(value, 0) }
            }
        }
        public enum ReportGrainSizeResults: StructSchema {
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
    public enum MembraneRequirement: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 4) }
        public enum Which: UInt16, Sendable {
            case tokenValid = 0
            case permissionsHeld = 1
            case userIsAdmin = 2
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var hasTokenValid: Bool { !structure.pointer(0).isNull }
            public var tokenValid: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var permissionsHeld: Wire.MembraneRequirement.PermissionsHeld.Reader { .init(structure) }
            public var hasUserIsAdmin: Bool { !structure.pointer(0).isNull }
            public var userIsAdmin: String { get throws(MessageError) { try structure.pointer(0).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setTokenValid(_ text: String) { structure.store(UInt16(0), 0); structure.pointer(0).setText(text) }
            public func initPermissionsHeld() -> Wire.MembraneRequirement.PermissionsHeld.Builder { structure.store(UInt16(1), 0); return Wire.MembraneRequirement.PermissionsHeld.Builder(structure) }
            public func setUserIsAdmin(_ text: String) { structure.store(UInt16(2), 0); structure.pointer(0).setText(text) }
        }
        public enum PermissionsHeld {
            public enum Which: UInt16, Sendable {
                case accountId = 0
                case tokenId = 1
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(2)) }
                public var hasAccountId: Bool { !structure.pointer(3).isNull }
                public var accountId: String { get throws(MessageError) { try structure.pointer(3).text() } }
                public var hasTokenId: Bool { !structure.pointer(3).isNull }
                public var tokenId: String { get throws(MessageError) { try structure.pointer(3).text() } }
                public var hasGrainId: Bool { !structure.pointer(1).isNull }
                public var grainId: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasPermissions: Bool { !structure.pointer(2).isNull }
                public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(2).list(of: Bool.self) } }
                public var hasUserId: Bool { !structure.pointer(0).isNull }
                public var userId: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setAccountId(_ text: String) { structure.store(UInt16(0), 2); structure.pointer(3).setText(text) }
                public func setTokenId(_ text: String) { structure.store(UInt16(1), 2); structure.pointer(3).setText(text) }
                public func setGrainId(_ text: String) { structure.pointer(1).setText(text) }
                public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(2).setList(elements) }
                public func setUserId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum SystemPersistent {
        public static let interfaceID: UInt64 = 0xc38cedd77cbed5b4
        public enum Methods {
            public static var addRequirements: Method<Wire.SystemPersistent.AddRequirementsParams, Wire.SystemPersistent.AddRequirementsResults> { .init(interfaceID: 0xc38cedd77cbed5b4, ordinal: 0, name: "SystemPersistent.addRequirements") }
        }
        public enum AddRequirementsParams: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasRequirements: Bool { !structure.pointer(0).isNull }
                public var requirements: StructList<Wire.MembraneRequirement> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.MembraneRequirement.self) } }
                public var hasObserver: Bool { !structure.pointer(1).isNull }
                public var observer: UInt32? { get throws(MessageError) { try structure.pointer(1).capability() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initRequirements(count: Int) -> StructListBuilder<Wire.MembraneRequirement> { structure.pointer(0).initList(of: Wire.MembraneRequirement.self, count: count) }
                public func setObserver(capability: UInt32) { structure.pointer(1).setCapability(capability) }
            }
        }
        public enum AddRequirementsResults: StructSchema {
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
        public enum RevocationObserver {
            public static let interfaceID: UInt64 = 0xcdda9d1436d7d206
            public enum Methods {
                public static var dropWhenRevoked: Method<Wire.SystemPersistent.RevocationObserver.DropWhenRevokedParams, Wire.SystemPersistent.RevocationObserver.DropWhenRevokedResults> { .init(interfaceID: 0xcdda9d1436d7d206, ordinal: 0, name: "RevocationObserver.dropWhenRevoked") }
            }
            public enum DropWhenRevokedParams: StructSchema {
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
            public enum DropWhenRevokedResults: StructSchema {
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
}

extension Wire {
    public enum PersistentHandle {
        public static let interfaceID: UInt64 = 0xc22ce229c18c0a02
        public enum Methods {
        }
    }
}

extension Wire {
    public enum PersistentOngoingNotification {
        public static let interfaceID: UInt64 = 0xdbbdcec8587dd355
        public enum Methods {
        }
    }
}

extension Wire {
    public enum DenormalizedGrainMetadata: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 4) }
        public enum Which: UInt16, Sendable {
            case icon = 0
            case appId = 1
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var hasAppTitle: Bool { !structure.pointer(0).isNull }
            public var appTitle: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.LocalizedText.self) } }
            public var icon: Wire.DenormalizedGrainMetadata.Icon.Reader { .init(structure) }
            public var hasAppId: Bool { !structure.pointer(1).isNull }
            public var appId: String { get throws(MessageError) { try structure.pointer(1).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initAppTitle() -> Wire.LocalizedText.Builder { structure.pointer(0).initStructure(Wire.LocalizedText.self) }
            public func copyAppTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initIcon() -> Wire.DenormalizedGrainMetadata.Icon.Builder { structure.store(UInt16(0), 0); return Wire.DenormalizedGrainMetadata.Icon.Builder(structure) }
            public func setAppId(_ text: String) { structure.store(UInt16(1), 0); structure.pointer(1).setText(text) }
        }
        public enum Icon {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasFormat: Bool { !structure.pointer(1).isNull }
                public var format: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasAssetId: Bool { !structure.pointer(2).isNull }
                public var assetId: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var hasAssetId2xDpi: Bool { !structure.pointer(3).isNull }
                public var assetId2xDpi: String { get throws(MessageError) { try structure.pointer(3).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setFormat(_ text: String) { structure.pointer(1).setText(text) }
                public func setAssetId(_ text: String) { structure.pointer(2).setText(text) }
                public func setAssetId2xDpi(_ text: String) { structure.pointer(3).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum ApiTokenOwner: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 6) }
        public enum Which: UInt16, Sendable {
            case webkey = 0
            case grain = 1
            case internet = 2
            case frontend = 3
            case user = 4
            case clientPowerboxRequest = 5
            case clientPowerboxOffer = 6
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var grain: Wire.ApiTokenOwner.Grain.Reader { .init(structure) }
            public var clientPowerboxRequest: Wire.ApiTokenOwner.ClientPowerboxRequest.Reader { .init(structure) }
            public var clientPowerboxOffer: Wire.ApiTokenOwner.ClientPowerboxOffer.Reader { .init(structure) }
            public var internet: PointerReader { structure.pointer(0) }
            public var user: Wire.ApiTokenOwner.User.Reader { .init(structure) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setWebkey() { structure.store(UInt16(0), 0) }
            public func initGrain() -> Wire.ApiTokenOwner.Grain.Builder { structure.store(UInt16(1), 0); return Wire.ApiTokenOwner.Grain.Builder(structure) }
            public func initClientPowerboxRequest() -> Wire.ApiTokenOwner.ClientPowerboxRequest.Builder { structure.store(UInt16(5), 0); return Wire.ApiTokenOwner.ClientPowerboxRequest.Builder(structure) }
            public func initClientPowerboxOffer() -> Wire.ApiTokenOwner.ClientPowerboxOffer.Builder { structure.store(UInt16(6), 0); return Wire.ApiTokenOwner.ClientPowerboxOffer.Builder(structure) }
            public func initInternet() -> PointerBuilder { structure.store(UInt16(2), 0); return structure.pointer(0) }
            public func setFrontend() { structure.store(UInt16(3), 0) }
            public func initUser() -> Wire.ApiTokenOwner.User.Builder { structure.store(UInt16(4), 0); return Wire.ApiTokenOwner.User.Builder(structure) }
        }
        public enum Grain {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasGrainId: Bool { !structure.pointer(0).isNull }
                public var grainId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasSaveLabel: Bool { !structure.pointer(1).isNull }
                public var saveLabel: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.LocalizedText.self) } }
                public var hasIntroducerIdentity: Bool { !structure.pointer(3).isNull }
                public var introducerIdentity: String { get throws(MessageError) { try structure.pointer(3).text() } }
                public var hasIntroducerUser: Bool { !structure.pointer(2).isNull }
                public var introducerUser: String { get throws(MessageError) { try structure.pointer(2).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setGrainId(_ text: String) { structure.pointer(0).setText(text) }
                public func initSaveLabel() -> Wire.LocalizedText.Builder { structure.pointer(1).initStructure(Wire.LocalizedText.self) }
                public func copySaveLabel(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func setIntroducerIdentity(_ text: String) { structure.pointer(3).setText(text) }
                public func setIntroducerUser(_ text: String) { structure.pointer(2).setText(text) }
            }
        }
        public enum ClientPowerboxRequest {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSessionId: Bool { !structure.pointer(2).isNull }
                public var sessionId: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var hasGrainId: Bool { !structure.pointer(0).isNull }
                public var grainId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasIntroducerIdentity: Bool { !structure.pointer(1).isNull }
                public var introducerIdentity: String { get throws(MessageError) { try structure.pointer(1).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSessionId(_ text: String) { structure.pointer(2).setText(text) }
                public func setGrainId(_ text: String) { structure.pointer(0).setText(text) }
                public func setIntroducerIdentity(_ text: String) { structure.pointer(1).setText(text) }
            }
        }
        public enum ClientPowerboxOffer {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasSessionId: Bool { !structure.pointer(0).isNull }
                public var sessionId: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setSessionId(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum User {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAccountId: Bool { !structure.pointer(5).isNull }
                public var accountId: String { get throws(MessageError) { try structure.pointer(5).text() } }
                public var hasIdentityId: Bool { !structure.pointer(3).isNull }
                public var identityId: String { get throws(MessageError) { try structure.pointer(3).text() } }
                public var hasTitle: Bool { !structure.pointer(1).isNull }
                public var title: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasDenormalizedGrainMetadata: Bool { !structure.pointer(2).isNull }
                public var denormalizedGrainMetadata: Wire.DenormalizedGrainMetadata.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.DenormalizedGrainMetadata.self) } }
                public var hasUserId: Bool { !structure.pointer(0).isNull }
                public var userId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasUpstreamTitle: Bool { !structure.pointer(4).isNull }
                public var upstreamTitle: String { get throws(MessageError) { try structure.pointer(4).text() } }
                public var renamed: Bool { structure.bool(bit: 16) }
                public var seenAllActivity: Bool { structure.bool(bit: 17) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setAccountId(_ text: String) { structure.pointer(5).setText(text) }
                public func setIdentityId(_ text: String) { structure.pointer(3).setText(text) }
                public func setTitle(_ text: String) { structure.pointer(1).setText(text) }
                public func initDenormalizedGrainMetadata() -> Wire.DenormalizedGrainMetadata.Builder { structure.pointer(2).initStructure(Wire.DenormalizedGrainMetadata.self) }
                public func copyDenormalizedGrainMetadata(_ source: Wire.DenormalizedGrainMetadata.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func setUserId(_ text: String) { structure.pointer(0).setText(text) }
                public func setUpstreamTitle(_ text: String) { structure.pointer(4).setText(text) }
                public func setRenamed(_ value: Bool) { structure.setBool(value, bit: 16) }
                public func setSeenAllActivity(_ value: Bool) { structure.setBool(value, bit: 17) }
            }
        }
    }
}

extension Wire {
    public enum SupervisorObjectId: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
        public enum Which: UInt16, Sendable {
            case appRef = 0
            case wakeLockNotification = 1
        }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var which: Which? { Which(rawValue: structure.load(0)) }
            public var appRef: PointerReader { structure.pointer(0) }
            public var wakeLockNotification: UInt32 { structure.load(4) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initAppRef() -> PointerBuilder { structure.store(UInt16(0), 0); return structure.pointer(0) }
            public func setWakeLockNotification(_ value: UInt32) { structure.store(UInt16(1), 0); structure.store(value, 4) }
        }
    }
}

