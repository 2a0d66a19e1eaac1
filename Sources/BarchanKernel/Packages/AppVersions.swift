import Barchan

/// The installed versions of one app.
public struct AppVersions: Sendable {
    /// What new grains are made of.
    public let current: InstalledPackage
    /// Installed, and neither accepted nor declined yet.
    public let pending: InstalledPackage?
    /// Installed while a newer one waited: it is kept until that is decided, and waits then if that was declined.
    public let setAside: InstalledPackage?
    /// Nobody can make grains of the app any more; it is here because there are some.
    public let isUninstalled: Bool
    /// All of them, the newest first.
    public let all: [InstalledPackage]

    /// - Parameter packages: Of one app.
    /// - Parameter record: What was decided about the app. Without it, and when what it names is gone, the newest version is in
    ///   use.
    /// - Returns: Nil for no packages.
    init?(_ packages: [InstalledPackage], record: RecordFields?) {
        func named(_ field: String) -> InstalledPackage? {
            packages.first { $0.identifier.text == record?[field] }
        }
        all = packages.sorted { AppVersions.order($0) > AppVersions.order($1) }
        guard let current = named(AppVersions.currentField) ?? all.first else { return nil }
        self.current = current
        let pending = named(AppVersions.pendingField)
        self.pending = pending?.identifier == current.identifier ? nil : pending
        setAside = named(AppVersions.setAsideField)
        isUninstalled = record?[AppVersions.uninstalledField] != nil
    }

    public var app: AppID { current.app }

    static let currentField = "package"
    static let pendingField = "pending"
    static let setAsideField = "set-aside"
    static let uninstalledField = "uninstalled"

    /// Two packages of one version: the identifier decides, so that everybody sees the same.
    private static func order(_ package: InstalledPackage) -> (UInt32, String) {
        (package.manifest.version, package.identifier.text)
    }
}

/// What came of an installation.
public struct Installation: Sendable {
    public let package: InstalledPackage
    /// As they are now.
    public let versions: AppVersions
    /// What waited until now, or was kept for later, and is neither any more.
    public let dropped: InstalledPackage?

    public init(package: InstalledPackage, versions: AppVersions, dropped: InstalledPackage?) {
        self.package = package
        self.versions = versions
        self.dropped = dropped
    }

    /// What whoever installed the package may not expect; nil for nothing.
    public var remark: String? {
        var texts: [String] = []
        if let waiting = versions.pending, waiting.identifier != package.identifier {
            let isInUse = versions.current.identifier == package.identifier
            texts.append("version \(waiting.manifest.versionText) waits still\(isInUse ? "" : ", because it is newer")")
        }
        if let dropped { texts.append("version \(dropped.manifest.versionText) waits no more") }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }
}

extension RecordKey {
    /// Which version of an app is in use, and which one waits.
    static func app(_ app: AppID) -> RecordKey { RecordKey("app/\(app)") }
}
