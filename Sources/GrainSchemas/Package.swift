// Generated from sandstorm/package.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum PackageDefinition: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 6) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasId: Bool { !structure.pointer(0).isNull }
            public var id: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasManifest: Bool { !structure.pointer(1).isNull }
            public var manifest: Wire.Manifest.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.Manifest.self) } }
            public var hasSourceMap: Bool { !structure.pointer(2).isNull }
            public var sourceMap: Wire.SourceMap.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.SourceMap.self) } }
            public var hasFileList: Bool { !structure.pointer(3).isNull }
            public var fileList: String { get throws(MessageError) { try structure.pointer(3).text() } }
            public var hasAlwaysInclude: Bool { !structure.pointer(4).isNull }
            public var alwaysInclude: PointerList { get throws(MessageError) { try structure.pointer(4).pointers() } }
            public var hasBridgeConfig: Bool { !structure.pointer(5).isNull }
            public var bridgeConfig: Wire.BridgeConfig.Reader { get throws(MessageError) { try structure.pointer(5).structure(Wire.BridgeConfig.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setId(_ text: String) { structure.pointer(0).setText(text) }
            public func initManifest() -> Wire.Manifest.Builder { structure.pointer(1).initStructure(Wire.Manifest.self) }
            public func copyManifest(_ source: Wire.Manifest.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func initSourceMap() -> Wire.SourceMap.Builder { structure.pointer(2).initStructure(Wire.SourceMap.self) }
            public func copySourceMap(_ source: Wire.SourceMap.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func setFileList(_ text: String) { structure.pointer(3).setText(text) }
            public func setAlwaysInclude(_ texts: some Collection<String>) { structure.pointer(4).setTexts(texts) }
            public func initAlwaysInclude(count: Int) -> PointerListBuilder { structure.pointer(4).initPointers(count: count) }
            public func initBridgeConfig() -> Wire.BridgeConfig.Builder { structure.pointer(5).initStructure(Wire.BridgeConfig.self) }
            public func copyBridgeConfig(_ source: Wire.BridgeConfig.Reader) throws(MessageError) { try structure.pointer(5).copy(source.structure) }
        }
    }
}

extension Wire {
    public enum Manifest: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 5) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasAppTitle: Bool { !structure.pointer(3).isNull }
            public var appTitle: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.LocalizedText.self) } }
            public var appVersion: UInt32 { structure.load(8) }
            public var minUpgradableAppVersion: UInt32 { structure.load(12) }
            public var hasAppMarketingVersion: Bool { !structure.pointer(2).isNull }
            public var appMarketingVersion: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
            public var minApiVersion: UInt32 { structure.load(0) }
            public var maxApiVersion: UInt32 { structure.load(4) }
            public var hasMetadata: Bool { !structure.pointer(4).isNull }
            public var metadata: Wire.Metadata.Reader { get throws(MessageError) { try structure.pointer(4).structure(Wire.Metadata.self) } }
            public var hasActions: Bool { !structure.pointer(0).isNull }
            public var actions: StructList<Wire.Manifest.Action> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.Manifest.Action.self) } }
            public var hasContinueCommand: Bool { !structure.pointer(1).isNull }
            public var continueCommand: Wire.Manifest.Command.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.Manifest.Command.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initAppTitle() -> Wire.LocalizedText.Builder { structure.pointer(3).initStructure(Wire.LocalizedText.self) }
            public func copyAppTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            public func setAppVersion(_ value: UInt32) { structure.store(value, 8) }
            public func setMinUpgradableAppVersion(_ value: UInt32) { structure.store(value, 12) }
            public func initAppMarketingVersion() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyAppMarketingVersion(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func setMinApiVersion(_ value: UInt32) { structure.store(value, 0) }
            public func setMaxApiVersion(_ value: UInt32) { structure.store(value, 4) }
            public func initMetadata() -> Wire.Metadata.Builder { structure.pointer(4).initStructure(Wire.Metadata.self) }
            public func copyMetadata(_ source: Wire.Metadata.Reader) throws(MessageError) { try structure.pointer(4).copy(source.structure) }
            public func initActions(count: Int) -> StructListBuilder<Wire.Manifest.Action> { structure.pointer(0).initList(of: Wire.Manifest.Action.self, count: count) }
            public func initContinueCommand() -> Wire.Manifest.Command.Builder { structure.pointer(1).initStructure(Wire.Manifest.Command.self) }
            public func copyContinueCommand(_ source: Wire.Manifest.Command.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
        }
        public enum Command: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasArgv: Bool { !structure.pointer(1).isNull }
                public var argv: PointerList { get throws(MessageError) { try structure.pointer(1).pointers() } }
                public var hasEnviron: Bool { !structure.pointer(2).isNull }
                public var environ: StructList<Wire.KeyValue> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.KeyValue.self) } }
                public var hasDeprecatedExecutablePath: Bool { !structure.pointer(0).isNull }
                public var deprecatedExecutablePath: String { get throws(MessageError) { try structure.pointer(0).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setArgv(_ texts: some Collection<String>) { structure.pointer(1).setTexts(texts) }
                public func initArgv(count: Int) -> PointerListBuilder { structure.pointer(1).initPointers(count: count) }
                public func initEnviron(count: Int) -> StructListBuilder<Wire.KeyValue> { structure.pointer(2).initList(of: Wire.KeyValue.self, count: count) }
                public func setDeprecatedExecutablePath(_ text: String) { structure.pointer(0).setText(text) }
            }
        }
        public enum Action: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 5) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var input: Wire.Manifest.Action.Input.Reader { .init(structure) }
                public var hasCommand: Bool { !structure.pointer(1).isNull }
                public var command: Wire.Manifest.Command.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.Manifest.Command.self) } }
                public var hasTitle: Bool { !structure.pointer(2).isNull }
                public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
                public var hasNounPhrase: Bool { !structure.pointer(4).isNull }
                public var nounPhrase: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(4).structure(Wire.LocalizedText.self) } }
                public var hasDescription: Bool { !structure.pointer(3).isNull }
                public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.LocalizedText.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initInput() -> Wire.Manifest.Action.Input.Builder { Wire.Manifest.Action.Input.Builder(structure) }
                public func initCommand() -> Wire.Manifest.Command.Builder { structure.pointer(1).initStructure(Wire.Manifest.Command.self) }
                public func copyCommand(_ source: Wire.Manifest.Command.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
                public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func initNounPhrase() -> Wire.LocalizedText.Builder { structure.pointer(4).initStructure(Wire.LocalizedText.self) }
                public func copyNounPhrase(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(4).copy(source.structure) }
                public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(3).initStructure(Wire.LocalizedText.self) }
                public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            }
            public enum Input {
                public enum Which: UInt16, Sendable {
                    case none = 0
                    case capability = 1
                }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var which: Which? { Which(rawValue: structure.load(0)) }
                    public var hasCapability: Bool { !structure.pointer(0).isNull }
                    public var capability: StructList<Wire.PowerboxDescriptor> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.PowerboxDescriptor.self) } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setNone() { structure.store(UInt16(0), 0) }
                    public func initCapability(count: Int) -> StructListBuilder<Wire.PowerboxDescriptor> { structure.store(UInt16(1), 0); return structure.pointer(0).initList(of: Wire.PowerboxDescriptor.self, count: count) }
                }
            }
        }
        public static let sizeLimitInWords: UInt64 = 1048576
    }
}

extension Wire {
    public enum SourceMap: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasSearchPath: Bool { !structure.pointer(0).isNull }
            public var searchPath: StructList<Wire.SourceMap.Mapping> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.SourceMap.Mapping.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initSearchPath(count: Int) -> StructListBuilder<Wire.SourceMap.Mapping> { structure.pointer(0).initList(of: Wire.SourceMap.Mapping.self, count: count) }
        }
        public enum Mapping: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasPackagePath: Bool { !structure.pointer(0).isNull }
                public var packagePath: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasSourcePath: Bool { !structure.pointer(1).isNull }
                public var sourcePath: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasHidePaths: Bool { !structure.pointer(2).isNull }
                public var hidePaths: PointerList { get throws(MessageError) { try structure.pointer(2).pointers() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setPackagePath(_ text: String) { structure.pointer(0).setText(text) }
                public func setSourcePath(_ text: String) { structure.pointer(1).setText(text) }
                public func setHidePaths(_ texts: some Collection<String>) { structure.pointer(2).setTexts(texts) }
                public func initHidePaths(count: Int) -> PointerListBuilder { structure.pointer(2).initPointers(count: count) }
            }
        }
    }
}

extension Wire {
    public enum BridgeConfig: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasViewInfo: Bool { !structure.pointer(0).isNull }
            public var viewInfo: Wire.UiView.ViewInfo.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.UiView.ViewInfo.self) } }
            public var hasApiPath: Bool { !structure.pointer(1).isNull }
            public var apiPath: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var saveIdentityCaps: Bool { structure.bool(bit: 0) }
            public var expectAppHooks: Bool { structure.bool(bit: 1) }
            public var hasPowerboxApis: Bool { !structure.pointer(2).isNull }
            public var powerboxApis: StructList<Wire.BridgeConfig.PowerboxApi> { get throws(MessageError) { try structure.pointer(2).list(of: Wire.BridgeConfig.PowerboxApi.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initViewInfo() -> Wire.UiView.ViewInfo.Builder { structure.pointer(0).initStructure(Wire.UiView.ViewInfo.self) }
            public func copyViewInfo(_ source: Wire.UiView.ViewInfo.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func setApiPath(_ text: String) { structure.pointer(1).setText(text) }
            public func setSaveIdentityCaps(_ value: Bool) { structure.setBool(value, bit: 0) }
            public func setExpectAppHooks(_ value: Bool) { structure.setBool(value, bit: 1) }
            public func initPowerboxApis(count: Int) -> StructListBuilder<Wire.BridgeConfig.PowerboxApi> { structure.pointer(2).initList(of: Wire.BridgeConfig.PowerboxApi.self, count: count) }
        }
        public enum PowerboxApi: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 5) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasName: Bool { !structure.pointer(0).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasDisplayInfo: Bool { !structure.pointer(1).isNull }
                public var displayInfo: Wire.PowerboxDisplayInfo.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.PowerboxDisplayInfo.self) } }
                public var hasPath: Bool { !structure.pointer(2).isNull }
                public var path: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var hasTag: Bool { !structure.pointer(3).isNull }
                public var tag: Wire.ApiSession.PowerboxTag.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.ApiSession.PowerboxTag.self) } }
                public var hasPermissions: Bool { !structure.pointer(4).isNull }
                public var permissions: ScalarList<Bool> { get throws(MessageError) { try structure.pointer(4).list(of: Bool.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setName(_ text: String) { structure.pointer(0).setText(text) }
                public func initDisplayInfo() -> Wire.PowerboxDisplayInfo.Builder { structure.pointer(1).initStructure(Wire.PowerboxDisplayInfo.self) }
                public func copyDisplayInfo(_ source: Wire.PowerboxDisplayInfo.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func setPath(_ text: String) { structure.pointer(2).setText(text) }
                public func initTag() -> Wire.ApiSession.PowerboxTag.Builder { structure.pointer(3).initStructure(Wire.ApiSession.PowerboxTag.self) }
                public func copyTag(_ source: Wire.ApiSession.PowerboxTag.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
                public func setPermissions(_ elements: some Collection<Bool>) { structure.pointer(4).setList(elements) }
            }
        }
    }
}

extension Wire {
    public enum Metadata: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 17) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var icons: Wire.Metadata.Icons.Reader { .init(structure) }
            public var hasWebsite: Bool { !structure.pointer(3).isNull }
            public var website: String { get throws(MessageError) { try structure.pointer(3).text() } }
            public var hasCodeUrl: Bool { !structure.pointer(4).isNull }
            public var codeUrl: String { get throws(MessageError) { try structure.pointer(4).text() } }
            public var license: Wire.Metadata.License.Reader { .init(structure) }
            public var hasCategories: Bool { !structure.pointer(7).isNull }
            public var categories: ScalarList<UInt16> { get throws(MessageError) { try structure.pointer(7).list(of: UInt16.self) } }
            public var author: Wire.Metadata.Author.Reader { .init(structure) }
            public var hasPgpKeyring: Bool { !structure.pointer(10).isNull }
            public var pgpKeyring: DataReader { get throws(MessageError) { try structure.pointer(10).data() } }
            public var hasDescription: Bool { !structure.pointer(11).isNull }
            public var description: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(11).structure(Wire.LocalizedText.self) } }
            public var hasShortDescription: Bool { !structure.pointer(12).isNull }
            public var shortDescription: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(12).structure(Wire.LocalizedText.self) } }
            public var hasScreenshots: Bool { !structure.pointer(13).isNull }
            public var screenshots: StructList<Wire.Metadata.Screenshot> { get throws(MessageError) { try structure.pointer(13).list(of: Wire.Metadata.Screenshot.self) } }
            public var hasChangeLog: Bool { !structure.pointer(14).isNull }
            public var changeLog: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(14).structure(Wire.LocalizedText.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initIcons() -> Wire.Metadata.Icons.Builder { Wire.Metadata.Icons.Builder(structure) }
            public func setWebsite(_ text: String) { structure.pointer(3).setText(text) }
            public func setCodeUrl(_ text: String) { structure.pointer(4).setText(text) }
            public func initLicense() -> Wire.Metadata.License.Builder { Wire.Metadata.License.Builder(structure) }
            public func setCategories(_ elements: some Collection<UInt16>) { structure.pointer(7).setList(elements) }
            public func initAuthor() -> Wire.Metadata.Author.Builder { Wire.Metadata.Author.Builder(structure) }
            public func setPgpKeyring(_ bytes: some Collection<UInt8>) { structure.pointer(10).setData(bytes) }
            public func initPgpKeyring(count: Int) -> DataBuilder { structure.pointer(10).initData(count: count) }
            public func initDescription() -> Wire.LocalizedText.Builder { structure.pointer(11).initStructure(Wire.LocalizedText.self) }
            public func copyDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(11).copy(source.structure) }
            public func initShortDescription() -> Wire.LocalizedText.Builder { structure.pointer(12).initStructure(Wire.LocalizedText.self) }
            public func copyShortDescription(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(12).copy(source.structure) }
            public func initScreenshots(count: Int) -> StructListBuilder<Wire.Metadata.Screenshot> { structure.pointer(13).initList(of: Wire.Metadata.Screenshot.self, count: count) }
            public func initChangeLog() -> Wire.LocalizedText.Builder { structure.pointer(14).initStructure(Wire.LocalizedText.self) }
            public func copyChangeLog(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(14).copy(source.structure) }
        }
        public enum Icons {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAppGrid: Bool { !structure.pointer(0).isNull }
                public var appGrid: Wire.Metadata.Icon.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.Metadata.Icon.self) } }
                public var hasGrain: Bool { !structure.pointer(1).isNull }
                public var grain: Wire.Metadata.Icon.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.Metadata.Icon.self) } }
                public var hasMarket: Bool { !structure.pointer(2).isNull }
                public var market: Wire.Metadata.Icon.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.Metadata.Icon.self) } }
                public var hasMarketBig: Bool { !structure.pointer(15).isNull }
                public var marketBig: Wire.Metadata.Icon.Reader { get throws(MessageError) { try structure.pointer(15).structure(Wire.Metadata.Icon.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initAppGrid() -> Wire.Metadata.Icon.Builder { structure.pointer(0).initStructure(Wire.Metadata.Icon.self) }
                public func copyAppGrid(_ source: Wire.Metadata.Icon.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func initGrain() -> Wire.Metadata.Icon.Builder { structure.pointer(1).initStructure(Wire.Metadata.Icon.self) }
                public func copyGrain(_ source: Wire.Metadata.Icon.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
                public func initMarket() -> Wire.Metadata.Icon.Builder { structure.pointer(2).initStructure(Wire.Metadata.Icon.self) }
                public func copyMarket(_ source: Wire.Metadata.Icon.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
                public func initMarketBig() -> Wire.Metadata.Icon.Builder { structure.pointer(15).initStructure(Wire.Metadata.Icon.self) }
                public func copyMarketBig(_ source: Wire.Metadata.Icon.Reader) throws(MessageError) { try structure.pointer(15).copy(source.structure) }
            }
        }
        public enum License {
            public enum Which: UInt16, Sendable {
                case none = 0
                case openSource = 1
                case proprietary = 2
                case publicDomain = 3
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(0)) }
                public var openSource: Wire.OpenSourceLicense? { .init(rawValue: structure.load(2)) }
                public var hasProprietary: Bool { !structure.pointer(5).isNull }
                public var proprietary: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(5).structure(Wire.LocalizedText.self) } }
                public var hasPublicDomain: Bool { !structure.pointer(5).isNull }
                public var publicDomain: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(5).structure(Wire.LocalizedText.self) } }
                public var hasNotices: Bool { !structure.pointer(6).isNull }
                public var notices: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(6).structure(Wire.LocalizedText.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setNone() { structure.store(UInt16(0), 0) }
                public func setOpenSource(_ value: Wire.OpenSourceLicense) { structure.store(UInt16(1), 0); structure.store(value.rawValue, 2) }
                public func initProprietary() -> Wire.LocalizedText.Builder { structure.store(UInt16(2), 0); return structure.pointer(5).initStructure(Wire.LocalizedText.self) }
                public func copyProprietary(_ source: Wire.LocalizedText.Reader) throws(MessageError) { structure.store(UInt16(2), 0); try structure.pointer(5).copy(source.structure) }
                public func initPublicDomain() -> Wire.LocalizedText.Builder { structure.store(UInt16(3), 0); return structure.pointer(5).initStructure(Wire.LocalizedText.self) }
                public func copyPublicDomain(_ source: Wire.LocalizedText.Reader) throws(MessageError) { structure.store(UInt16(3), 0); try structure.pointer(5).copy(source.structure) }
                public func initNotices() -> Wire.LocalizedText.Builder { structure.pointer(6).initStructure(Wire.LocalizedText.self) }
                public func copyNotices(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(6).copy(source.structure) }
            }
        }
        public enum Author {
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasUpstreamAuthor: Bool { !structure.pointer(16).isNull }
                public var upstreamAuthor: String { get throws(MessageError) { try structure.pointer(16).text() } }
                public var hasContactEmail: Bool { !structure.pointer(8).isNull }
                public var contactEmail: String { get throws(MessageError) { try structure.pointer(8).text() } }
                public var hasPgpSignature: Bool { !structure.pointer(9).isNull }
                public var pgpSignature: DataReader { get throws(MessageError) { try structure.pointer(9).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setUpstreamAuthor(_ text: String) { structure.pointer(16).setText(text) }
                public func setContactEmail(_ text: String) { structure.pointer(8).setText(text) }
                public func setPgpSignature(_ bytes: some Collection<UInt8>) { structure.pointer(9).setData(bytes) }
                public func initPgpSignature(count: Int) -> DataBuilder { structure.pointer(9).initData(count: count) }
            }
        }
        public enum Icon: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
            public enum Which: UInt16, Sendable {
                case unknown = 0
                case svg = 1
                case png = 2
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(0)) }
                public var hasSvg: Bool { !structure.pointer(0).isNull }
                public var svg: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var png: Wire.Metadata.Icon.Png.Reader { .init(structure) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setUnknown() { structure.store(UInt16(0), 0) }
                public func setSvg(_ text: String) { structure.store(UInt16(1), 0); structure.pointer(0).setText(text) }
                public func initPng() -> Wire.Metadata.Icon.Png.Builder { structure.store(UInt16(2), 0); return Wire.Metadata.Icon.Png.Builder(structure) }
            }
            public enum Png {
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasDpi1x: Bool { !structure.pointer(0).isNull }
                    public var dpi1x: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                    public var hasDpi2x: Bool { !structure.pointer(1).isNull }
                    public var dpi2x: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setDpi1x(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
                    public func initDpi1x(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
                    public func setDpi2x(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
                    public func initDpi2x(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
                }
            }
        }
        public enum Screenshot: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 2, pointers: 1) }
            public enum Which: UInt16, Sendable {
                case unknown = 0
                case png = 1
                case jpeg = 2
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(8)) }
                public var width: UInt32 { structure.load(0) }
                public var height: UInt32 { structure.load(4) }
                public var hasPng: Bool { !structure.pointer(0).isNull }
                public var png: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
                public var hasJpeg: Bool { !structure.pointer(0).isNull }
                public var jpeg: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setWidth(_ value: UInt32) { structure.store(value, 0) }
                public func setHeight(_ value: UInt32) { structure.store(value, 4) }
                public func setUnknown() { structure.store(UInt16(0), 8) }
                public func setPng(_ bytes: some Collection<UInt8>) { structure.store(UInt16(1), 8); structure.pointer(0).setData(bytes) }
                public func initPng(count: Int) -> DataBuilder { structure.store(UInt16(1), 8); return structure.pointer(0).initData(count: count) }
                public func setJpeg(_ bytes: some Collection<UInt8>) { structure.store(UInt16(2), 8); structure.pointer(0).setData(bytes) }
                public func initJpeg(count: Int) -> DataBuilder { structure.store(UInt16(2), 8); return structure.pointer(0).initData(count: count) }
            }
        }
    }
}

extension Wire {
    public enum OsiLicenseInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasId: Bool { !structure.pointer(0).isNull }
            public var id: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasTitle: Bool { !structure.pointer(1).isNull }
            public var title: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var requireSource: Bool { structure.bool(bit: 0) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setId(_ text: String) { structure.pointer(0).setText(text) }
            public func setTitle(_ text: String) { structure.pointer(1).setText(text) }
            public func setRequireSource(_ value: Bool) { structure.setBool(value, bit: 0) }
        }
    }
}

extension Wire {
    public enum OpenSourceLicense: UInt16, Sendable, CaseIterable {
        case invalid = 0
        case mit = 1
        case apache2 = 2
        case gpl3 = 3
        case agpl3 = 4
        case bsd3Clause = 5
        case bsd2Clause = 6
        case gpl2 = 7
        case lgpl2 = 8
        case lgpl3 = 9
        case isc = 10
        case artistic2 = 11
        case python2 = 12
        case php3 = 13
        case mpl2 = 14
        case cddl = 15
        case epl = 16
        case cpal = 17
        case zlib = 18
    }
}

extension Wire {
    public enum AppId: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 4, pointers: 0) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var id0: UInt64 { structure.load(0) }
            public var id1: UInt64 { structure.load(8) }
            public var id2: UInt64 { structure.load(16) }
            public var id3: UInt64 { structure.load(24) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setId0(_ value: UInt64) { structure.store(value, 0) }
            public func setId1(_ value: UInt64) { structure.store(value, 8) }
            public func setId2(_ value: UInt64) { structure.store(value, 16) }
            public func setId3(_ value: UInt64) { structure.store(value, 24) }
        }
    }
}

extension Wire {
    public enum PackageId: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 2, pointers: 0) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var id0: UInt64 { structure.load(0) }
            public var id1: UInt64 { structure.load(8) }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setId0(_ value: UInt64) { structure.store(value, 0) }
            public func setId1(_ value: UInt64) { structure.store(value, 8) }
        }
    }
}

extension Wire {
    public enum VerifiedInfo: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 1, pointers: 6) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasAppId: Bool { !structure.pointer(0).isNull }
            public var appId: Wire.AppId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.AppId.self) } }
            public var hasPackageId: Bool { !structure.pointer(1).isNull }
            public var packageId: Wire.PackageId.Reader { get throws(MessageError) { try structure.pointer(1).structure(Wire.PackageId.self) } }
            public var hasTitle: Bool { !structure.pointer(2).isNull }
            public var title: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(2).structure(Wire.LocalizedText.self) } }
            public var version: UInt32 { structure.load(0) }
            public var hasMarketingVersion: Bool { !structure.pointer(3).isNull }
            public var marketingVersion: Wire.LocalizedText.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.LocalizedText.self) } }
            public var hasAuthorPgpKeyFingerprint: Bool { !structure.pointer(4).isNull }
            public var authorPgpKeyFingerprint: String { get throws(MessageError) { try structure.pointer(4).text() } }
            public var hasMetadata: Bool { !structure.pointer(5).isNull }
            public var metadata: Wire.Metadata.Reader { get throws(MessageError) { try structure.pointer(5).structure(Wire.Metadata.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initAppId() -> Wire.AppId.Builder { structure.pointer(0).initStructure(Wire.AppId.self) }
            public func copyAppId(_ source: Wire.AppId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
            public func initPackageId() -> Wire.PackageId.Builder { structure.pointer(1).initStructure(Wire.PackageId.self) }
            public func copyPackageId(_ source: Wire.PackageId.Reader) throws(MessageError) { try structure.pointer(1).copy(source.structure) }
            public func initTitle() -> Wire.LocalizedText.Builder { structure.pointer(2).initStructure(Wire.LocalizedText.self) }
            public func copyTitle(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(2).copy(source.structure) }
            public func setVersion(_ value: UInt32) { structure.store(value, 0) }
            public func initMarketingVersion() -> Wire.LocalizedText.Builder { structure.pointer(3).initStructure(Wire.LocalizedText.self) }
            public func copyMarketingVersion(_ source: Wire.LocalizedText.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
            public func setAuthorPgpKeyFingerprint(_ text: String) { structure.pointer(4).setText(text) }
            public func initMetadata() -> Wire.Metadata.Builder { structure.pointer(5).initStructure(Wire.Metadata.self) }
            public func copyMetadata(_ source: Wire.Metadata.Reader) throws(MessageError) { try structure.pointer(5).copy(source.structure) }
        }
    }
}

extension Wire {
    public enum CategoryInfo: StructSchema {
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

extension Wire {
    public enum Category: UInt16, Sendable, CaseIterable {
        case other = 0
        case productivity = 1
        case communications = 2
        case social = 3
        case webPublishing = 4
        case office = 5
        case developerTools = 6
        case science = 7
        case media = 8
        case games = 9
        case graphics = 10
        public var categoryInfo: String {
            switch self {
                case .other: "Other"
                case .productivity: "Productivity"
                case .communications: "Communications"
                case .social: "Social"
                case .webPublishing: "Web Publishing"
                case .office: "Office"
                case .developerTools: "DevTools"
                case .science: "Science"
                case .media: "Media"
                case .games: "Games"
                case .graphics: "Graphics"
            }
        }
    }
}

extension Wire {
    public enum KeyFile: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasPublicKey: Bool { !structure.pointer(0).isNull }
            public var publicKey: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            public var hasPrivateKey: Bool { !structure.pointer(1).isNull }
            public var privateKey: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setPublicKey(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
            public func initPublicKey(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            public func setPrivateKey(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
            public func initPrivateKey(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
        }
    }
}

extension Wire {
    public static let magicNumber: [UInt8] = [143, 198, 205, 239, 69, 26, 234, 150]
}

extension Wire {
    public enum Signature: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasPublicKey: Bool { !structure.pointer(0).isNull }
            public var publicKey: DataReader { get throws(MessageError) { try structure.pointer(0).data() } }
            public var hasSignature: Bool { !structure.pointer(1).isNull }
            public var signature: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setPublicKey(_ bytes: some Collection<UInt8>) { structure.pointer(0).setData(bytes) }
            public func initPublicKey(count: Int) -> DataBuilder { structure.pointer(0).initData(count: count) }
            public func setSignature(_ bytes: some Collection<UInt8>) { structure.pointer(1).setData(bytes) }
            public func initSignature(count: Int) -> DataBuilder { structure.pointer(1).initData(count: count) }
        }
    }
}

extension Wire {
    public enum Archive: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasFiles: Bool { !structure.pointer(0).isNull }
            public var files: StructList<Wire.Archive.File> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.Archive.File.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initFiles(count: Int) -> StructListBuilder<Wire.Archive.File> { structure.pointer(0).initList(of: Wire.Archive.File.self, count: count) }
        }
        public enum File: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 2, pointers: 2) }
            public enum Which: UInt16, Sendable {
                case regular = 0
                case executable = 1
                case symlink = 2
                case directory = 3
            }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var which: Which? { Which(rawValue: structure.load(0)) }
                public var hasName: Bool { !structure.pointer(0).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var lastModificationTimeNs: Int64 { structure.load(8) }
                public var hasRegular: Bool { !structure.pointer(1).isNull }
                public var regular: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
                public var hasExecutable: Bool { !structure.pointer(1).isNull }
                public var executable: DataReader { get throws(MessageError) { try structure.pointer(1).data() } }
                public var hasSymlink: Bool { !structure.pointer(1).isNull }
                public var symlink: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasDirectory: Bool { !structure.pointer(1).isNull }
                public var directory: StructList<Wire.Archive.File> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.Archive.File.self) } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setName(_ text: String) { structure.pointer(0).setText(text) }
                public func setLastModificationTimeNs(_ value: Int64) { structure.store(value, 8) }
                public func setRegular(_ bytes: some Collection<UInt8>) { structure.store(UInt16(0), 0); structure.pointer(1).setData(bytes) }
                public func initRegular(count: Int) -> DataBuilder { structure.store(UInt16(0), 0); return structure.pointer(1).initData(count: count) }
                public func setExecutable(_ bytes: some Collection<UInt8>) { structure.store(UInt16(1), 0); structure.pointer(1).setData(bytes) }
                public func initExecutable(count: Int) -> DataBuilder { structure.store(UInt16(1), 0); return structure.pointer(1).initData(count: count) }
                public func setSymlink(_ text: String) { structure.store(UInt16(2), 0); structure.pointer(1).setText(text) }
                public func initDirectory(count: Int) -> StructListBuilder<Wire.Archive.File> { structure.store(UInt16(3), 0); return structure.pointer(1).initList(of: Wire.Archive.File.self, count: count) }
            }
        }
    }
}

