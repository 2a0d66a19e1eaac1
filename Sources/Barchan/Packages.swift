/// Immutable trees of files, each the content of one verified package.
public protocol PackageStore: Sendable {
    /// Verifies and unpacks a package file. Nothing of it is visible before all of it is verified and on disk.
    ///
    /// Installing a package that is there returns it without writing anything; one that is there but damaged is replaced. After an error or a crash nothing of a
    /// half-installed package is left once the store was opened again.
    /// - Parameter file: The bytes of the `.spk`; cancelled on error.
    /// - Parameter expected: When given, the identifier the file must turn out to have.
    /// - Parameter progress: Called now and then with the bytes of `file` consumed so far.
    /// - Throws: ``HostError`` `.invalidArgument` with what is wrong with the file, also for one that exceeds a limit;
    ///   `.resourceExhausted` for a full disk.
    func install(
        _ file: any ByteReader, expecting expected: PackageID?, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage

    /// Every installed package that can be used, ordered by identifier.
    func installed() async throws(HostError) -> [InstalledPackage]

    /// One installed package, or nil.
    /// - Throws: ``HostError`` `.corrupt` for one that is there but damaged.
    func package(_ identifier: PackageID) async throws(HostError) -> InstalledPackage?

    /// Removes a package. Removing one that is not there does nothing. The caller knows that no grain uses it.
    func uninstall(_ identifier: PackageID) async throws(HostError)
}

/// A package store that can name the packages which are there, but cannot be used.
public protocol InspectablePackageStore: PackageStore {
    /// What ``PackageStore/installed()`` leaves out, each with the reason.
    func unusable() async throws(HostError) -> [PackageID: HostError]
}

/// A package that is verified and on disk.
public struct InstalledPackage: Sendable {
    public var identifier: PackageID
    public var app: AppID
    public var manifest: AppManifest
    public var tree: PackageTree
    /// Space on disk that the package's own files take.
    public var sizeBytes: Int64
    /// As of its installation.
    public var authorProof = AuthorProof.absent

    public init(identifier: PackageID, app: AppID, manifest: AppManifest, tree: PackageTree, sizeBytes: Int64) {
        self.identifier = identifier
        self.app = app
        self.manifest = manifest
        self.tree = tree
        self.sizeBytes = sizeBytes
    }
}

/// The directories that together form a sandbox's root.
public struct PackageTree: Sendable, Equatable {
    /// Absolute paths, the topmost layer first, at least one. Their content never changes while the package exists.
    /// More than one layer means an overlay: a name in an upper layer hides the same name in a lower one, directories
    /// merge. The lowest layer holds the mount points (`dev`, `tmp`, `var`, `proc/cpuinfo`) that the package lacks.
    public var layers: [String]

    public init(layers: [String]) { self.layers = layers }
}

/// What a package says of itself (specification, section 1.5).
public struct AppManifest: Sendable, Equatable {
    public var title: String
    /// Orders the versions of an app.
    public var version: UInt32
    /// The version as people read it.
    public var marketingVersion: String
    /// One entry for each kind of new grain.
    public var actions: [AppAction]
    /// Runs at every start of a grain but the first.
    public var continueCommand: Command
    public var website: String?
    public var sourceCode: String?
    public var author: String?
    public var shortDescription: String?
    /// Markdown.
    public var changeLog: String?
    /// The texts in other languages, for ``localized(for:)``.
    public var translations: [Text: [Translation]] = [:]
    /// The icon for the list of apps, if the package has one.
    public var icon: AppIcon?

    public init(
        title: String, version: UInt32, marketingVersion: String, actions: [AppAction], continueCommand: Command
    ) {
        self.title = title
        self.version = version
        self.marketingVersion = marketingVersion
        self.actions = actions
        self.continueCommand = continueCommand
    }
}

/// A kind of grain an app can make.
public struct AppAction: Sendable, Equatable {
    /// "New wiki".
    public var title: String
    /// "wiki", or empty when the package does not say.
    public var nounPhrase: String
    public var description: String
    /// Runs at the first start of a grain.
    public var command: Command

    public init(title: String, nounPhrase: String, description: String, command: Command) {
        self.title = title
        self.nounPhrase = nounPhrase
        self.description = description
        self.command = command
    }
}

/// A picture of an app. The bytes come from the package and are not checked.
public struct AppIcon: Sendable, Equatable {
    public enum Format: String, Sendable { case svg, png }
    public var format: Format
    public var bytes: [UInt8]

    public init(format: Format, bytes: [UInt8]) {
        self.format = format
        self.bytes = bytes
    }
}
