import Barchan

/// The installed versions of one app.
public struct AppVersions: Sendable {
    /// What new grains are made of.
    public let current: InstalledPackage
    /// Installed, and neither accepted nor declined yet.
    public let pending: InstalledPackage?
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
    }

    public var app: AppID { current.app }

    static let currentField = "package"
    static let pendingField = "pending"

    /// Two packages of one version: the identifier decides, so that everybody sees the same.
    private static func order(_ package: InstalledPackage) -> (UInt32, String) {
        (package.manifest.version, package.identifier.text)
    }
}

extension RecordKey {
    /// Which version of an app is in use, and which one waits.
    static func app(_ app: AppID) -> RecordKey { RecordKey("app/\(app)") }
}
