// Generated from sandstorm/app-index/app-index.capnp by capnpc-swift. Do not edit; change the schema and run `make schemas`.
// swift-format-ignore-file
import CapnProto

extension Wire {
    public enum AppIndexForMarket: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasApps: Bool { !structure.pointer(0).isNull }
            public var apps: StructList<Wire.AppIndexForMarket.App> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.AppIndexForMarket.App.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initApps(count: Int) -> StructListBuilder<Wire.AppIndexForMarket.App> { structure.pointer(0).initList(of: Wire.AppIndexForMarket.App.self, count: count) }
        }
        public enum App: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 12) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAppId: Bool { !structure.pointer(0).isNull }
                public var appId: Wire.AppId.Reader { get throws(MessageError) { try structure.pointer(0).structure(Wire.AppId.self) } }
                public var hasName: Bool { !structure.pointer(1).isNull }
                public var name: String { get throws(MessageError) { try structure.pointer(1).text() } }
                public var hasVersion: Bool { !structure.pointer(2).isNull }
                public var version: String { get throws(MessageError) { try structure.pointer(2).text() } }
                public var hasPackageId: Bool { !structure.pointer(3).isNull }
                public var packageId: Wire.PackageId.Reader { get throws(MessageError) { try structure.pointer(3).structure(Wire.PackageId.self) } }
                public var hasImageId: Bool { !structure.pointer(4).isNull }
                public var imageId: String { get throws(MessageError) { try structure.pointer(4).text() } }
                public var hasWebLink: Bool { !structure.pointer(5).isNull }
                public var webLink: String { get throws(MessageError) { try structure.pointer(5).text() } }
                public var hasCodeLink: Bool { !structure.pointer(6).isNull }
                public var codeLink: String { get throws(MessageError) { try structure.pointer(6).text() } }
                public var isOpenSource: Bool { structure.bool(bit: 0) }
                public var hasCategories: Bool { !structure.pointer(7).isNull }
                public var categories: PointerList { get throws(MessageError) { try structure.pointer(7).pointers() } }
                public var hasAuthor: Bool { !structure.pointer(8).isNull }
                public var author: Wire.AppIndexForMarket.App.Identity.Reader { get throws(MessageError) { try structure.pointer(8).structure(Wire.AppIndexForMarket.App.Identity.self) } }
                public var hasUpstreamAuthor: Bool { !structure.pointer(10).isNull }
                public var upstreamAuthor: String { get throws(MessageError) { try structure.pointer(10).text() } }
                public var hasShortDescription: Bool { !structure.pointer(9).isNull }
                public var shortDescription: String { get throws(MessageError) { try structure.pointer(9).text() } }
                public var hasCreatedAt: Bool { !structure.pointer(11).isNull }
                public var createdAt: String { get throws(MessageError) { try structure.pointer(11).text() } }
                public var versionNumber: UInt32 { structure.load(4) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func initAppId() -> Wire.AppId.Builder { structure.pointer(0).initStructure(Wire.AppId.self) }
                public func copyAppId(_ source: Wire.AppId.Reader) throws(MessageError) { try structure.pointer(0).copy(source.structure) }
                public func setName(_ text: String) { structure.pointer(1).setText(text) }
                public func setVersion(_ text: String) { structure.pointer(2).setText(text) }
                public func initPackageId() -> Wire.PackageId.Builder { structure.pointer(3).initStructure(Wire.PackageId.self) }
                public func copyPackageId(_ source: Wire.PackageId.Reader) throws(MessageError) { try structure.pointer(3).copy(source.structure) }
                public func setImageId(_ text: String) { structure.pointer(4).setText(text) }
                public func setWebLink(_ text: String) { structure.pointer(5).setText(text) }
                public func setCodeLink(_ text: String) { structure.pointer(6).setText(text) }
                public func setIsOpenSource(_ value: Bool) { structure.setBool(value, bit: 0) }
                public func setCategories(_ texts: some Collection<String>) { structure.pointer(7).setTexts(texts) }
                public func initCategories(count: Int) -> PointerListBuilder { structure.pointer(7).initPointers(count: count) }
                public func initAuthor() -> Wire.AppIndexForMarket.App.Identity.Builder { structure.pointer(8).initStructure(Wire.AppIndexForMarket.App.Identity.self) }
                public func copyAuthor(_ source: Wire.AppIndexForMarket.App.Identity.Reader) throws(MessageError) { try structure.pointer(8).copy(source.structure) }
                public func setUpstreamAuthor(_ text: String) { structure.pointer(10).setText(text) }
                public func setShortDescription(_ text: String) { structure.pointer(9).setText(text) }
                public func setCreatedAt(_ text: String) { structure.pointer(11).setText(text) }
                public func setVersionNumber(_ value: UInt32) { structure.store(value, 4) }
            }
            public enum Identity: StructSchema {
                public static var size: StructSize { StructSize(dataWords: 0, pointers: 7) }
                public struct Reader: TypedReader {
                    public let structure: StructReader
                    public init(_ structure: StructReader) { self.structure = structure }
                    public var hasName: Bool { !structure.pointer(0).isNull }
                    public var name: String { get throws(MessageError) { try structure.pointer(0).text() } }
                    public var hasKeybaseUsername: Bool { !structure.pointer(1).isNull }
                    public var keybaseUsername: String { get throws(MessageError) { try structure.pointer(1).text() } }
                    public var hasPicture: Bool { !structure.pointer(2).isNull }
                    public var picture: String { get throws(MessageError) { try structure.pointer(2).text() } }
                    public var hasGithubUsername: Bool { !structure.pointer(3).isNull }
                    public var githubUsername: String { get throws(MessageError) { try structure.pointer(3).text() } }
                    public var hasTwitterUsername: Bool { !structure.pointer(4).isNull }
                    public var twitterUsername: String { get throws(MessageError) { try structure.pointer(4).text() } }
                    public var hasHackernewsUsername: Bool { !structure.pointer(5).isNull }
                    public var hackernewsUsername: String { get throws(MessageError) { try structure.pointer(5).text() } }
                    public var hasRedditUsername: Bool { !structure.pointer(6).isNull }
                    public var redditUsername: String { get throws(MessageError) { try structure.pointer(6).text() } }
                }
                public struct Builder: TypedBuilder {
                    public let structure: StructBuilder
                    public init(_ structure: StructBuilder) { self.structure = structure }
                    public func setName(_ text: String) { structure.pointer(0).setText(text) }
                    public func setKeybaseUsername(_ text: String) { structure.pointer(1).setText(text) }
                    public func setPicture(_ text: String) { structure.pointer(2).setText(text) }
                    public func setGithubUsername(_ text: String) { structure.pointer(3).setText(text) }
                    public func setTwitterUsername(_ text: String) { structure.pointer(4).setText(text) }
                    public func setHackernewsUsername(_ text: String) { structure.pointer(5).setText(text) }
                    public func setRedditUsername(_ text: String) { structure.pointer(6).setText(text) }
                }
            }
        }
    }
}

extension Wire {
    public enum AppDetailsForMarket: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 3) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasDescription: Bool { !structure.pointer(0).isNull }
            public var description: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasScreenshots: Bool { !structure.pointer(1).isNull }
            public var screenshots: StructList<Wire.AppDetailsForMarket.Screenshot> { get throws(MessageError) { try structure.pointer(1).list(of: Wire.AppDetailsForMarket.Screenshot.self) } }
            public var hasLicense: Bool { !structure.pointer(2).isNull }
            public var license: String { get throws(MessageError) { try structure.pointer(2).text() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setDescription(_ text: String) { structure.pointer(0).setText(text) }
            public func initScreenshots(count: Int) -> StructListBuilder<Wire.AppDetailsForMarket.Screenshot> { structure.pointer(1).initList(of: Wire.AppDetailsForMarket.Screenshot.self, count: count) }
            public func setLicense(_ text: String) { structure.pointer(2).setText(text) }
        }
        public enum Screenshot: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 1, pointers: 1) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasImageId: Bool { !structure.pointer(0).isNull }
                public var imageId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var width: UInt32 { structure.load(0) }
                public var height: UInt32 { structure.load(4) }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setImageId(_ text: String) { structure.pointer(0).setText(text) }
                public func setWidth(_ value: UInt32) { structure.store(value, 0) }
                public func setHeight(_ value: UInt32) { structure.store(value, 4) }
            }
        }
    }
}

extension Wire {
    public enum KeybaseIdentity: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 8) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasKeybaseHandle: Bool { !structure.pointer(0).isNull }
            public var keybaseHandle: String { get throws(MessageError) { try structure.pointer(0).text() } }
            public var hasName: Bool { !structure.pointer(1).isNull }
            public var name: String { get throws(MessageError) { try structure.pointer(1).text() } }
            public var hasPicture: Bool { !structure.pointer(2).isNull }
            public var picture: String { get throws(MessageError) { try structure.pointer(2).text() } }
            public var hasWebsites: Bool { !structure.pointer(3).isNull }
            public var websites: PointerList { get throws(MessageError) { try structure.pointer(3).pointers() } }
            public var hasGithubHandles: Bool { !structure.pointer(4).isNull }
            public var githubHandles: PointerList { get throws(MessageError) { try structure.pointer(4).pointers() } }
            public var hasTwitterHandles: Bool { !structure.pointer(5).isNull }
            public var twitterHandles: PointerList { get throws(MessageError) { try structure.pointer(5).pointers() } }
            public var hasHackernewsHandles: Bool { !structure.pointer(6).isNull }
            public var hackernewsHandles: PointerList { get throws(MessageError) { try structure.pointer(6).pointers() } }
            public var hasRedditHandles: Bool { !structure.pointer(7).isNull }
            public var redditHandles: PointerList { get throws(MessageError) { try structure.pointer(7).pointers() } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setKeybaseHandle(_ text: String) { structure.pointer(0).setText(text) }
            public func setName(_ text: String) { structure.pointer(1).setText(text) }
            public func setPicture(_ text: String) { structure.pointer(2).setText(text) }
            public func setWebsites(_ texts: some Collection<String>) { structure.pointer(3).setTexts(texts) }
            public func initWebsites(count: Int) -> PointerListBuilder { structure.pointer(3).initPointers(count: count) }
            public func setGithubHandles(_ texts: some Collection<String>) { structure.pointer(4).setTexts(texts) }
            public func initGithubHandles(count: Int) -> PointerListBuilder { structure.pointer(4).initPointers(count: count) }
            public func setTwitterHandles(_ texts: some Collection<String>) { structure.pointer(5).setTexts(texts) }
            public func initTwitterHandles(count: Int) -> PointerListBuilder { structure.pointer(5).initPointers(count: count) }
            public func setHackernewsHandles(_ texts: some Collection<String>) { structure.pointer(6).setTexts(texts) }
            public func initHackernewsHandles(count: Int) -> PointerListBuilder { structure.pointer(6).initPointers(count: count) }
            public func setRedditHandles(_ texts: some Collection<String>) { structure.pointer(7).setTexts(texts) }
            public func initRedditHandles(count: Int) -> PointerListBuilder { structure.pointer(7).initPointers(count: count) }
        }
    }
}

extension Wire {
    public enum ShortDescriptionOverrides: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasItems: Bool { !structure.pointer(0).isNull }
            public var items: StructList<Wire.ShortDescriptionOverrides.Item> { get throws(MessageError) { try structure.pointer(0).list(of: Wire.ShortDescriptionOverrides.Item.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func initItems(count: Int) -> StructListBuilder<Wire.ShortDescriptionOverrides.Item> { structure.pointer(0).initList(of: Wire.ShortDescriptionOverrides.Item.self, count: count) }
        }
        public enum Item: StructSchema {
            public static var size: StructSize { StructSize(dataWords: 0, pointers: 2) }
            public struct Reader: TypedReader {
                public let structure: StructReader
                public init(_ structure: StructReader) { self.structure = structure }
                public var hasAppId: Bool { !structure.pointer(0).isNull }
                public var appId: String { get throws(MessageError) { try structure.pointer(0).text() } }
                public var hasShortDescription: Bool { !structure.pointer(1).isNull }
                public var shortDescription: String { get throws(MessageError) { try structure.pointer(1).text() } }
            }
            public struct Builder: TypedBuilder {
                public let structure: StructBuilder
                public init(_ structure: StructBuilder) { self.structure = structure }
                public func setAppId(_ text: String) { structure.pointer(0).setText(text) }
                public func setShortDescription(_ text: String) { structure.pointer(1).setText(text) }
            }
        }
    }
}

extension Wire {
    public enum CategoryTable: StructSchema {
        public static var size: StructSize { StructSize(dataWords: 0, pointers: 1) }
        public struct Reader: TypedReader {
            public let structure: StructReader
            public init(_ structure: StructReader) { self.structure = structure }
            public var hasCategories: Bool { !structure.pointer(0).isNull }
            public var categories: ScalarList<UInt16> { get throws(MessageError) { try structure.pointer(0).list(of: UInt16.self) } }
        }
        public struct Builder: TypedBuilder {
            public let structure: StructBuilder
            public init(_ structure: StructBuilder) { self.structure = structure }
            public func setCategories(_ elements: some Collection<UInt16>) { structure.pointer(0).setList(elements) }
        }
    }
}

extension Wire {
    public static let approvePermission: UInt32 = 0
}

extension Wire {
    public static let reviewPermission: UInt32 = 1
}

extension Wire {
    public static let submitPermission: UInt32 = 2
}

