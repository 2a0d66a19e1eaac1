import Barchan

/// The packages of a host: which version of each app is in use, which one waits for a person's word, which nobody needs.
public struct PackageBook: Sendable {
    let packages: any PackageStore
    let records: RecordBook
    let uses: PackageUses
    /// Lets go of what a sandbox back end keeps of a package.
    let release: @Sendable (PackageTree) async -> Void
    let clock: any HostClock
    /// As long may a grain that was moved be moved back, in seconds.
    let previousLifetime: Int64
    let log: HostLog
    /// Set when grains are not known from which packages could be needed.
    let keepsAll = Flag()

    /// - Parameter isolation: Nil where no host runs, so that no grain does.
    public init(
        storage: any StorageProvider, isolation: (any IsolationProvider)? = nil, uses: PackageUses = PackageUses(),
        clock: any HostClock = SystemHostClock(), previousLifetime: Duration = LifeSettings().previousVersion,
        log: HostLog = .none
    ) {
        packages = storage.packages
        records = RecordBook(store: storage.records)
        self.uses = uses
        release = { await (isolation as? any PackageHolder)?.release($0) }
        self.clock = clock
        self.previousLifetime = previousLifetime.components.seconds
        self.log = log
    }

    // MARK: Reading

    /// Every app, by title.
    public func apps() async throws(HostError) -> [AppVersions] {
        var apps: [AppVersions] = []
        for (app, versions) in Dictionary(grouping: try await packages.installed(), by: \.app) {
            let record = try await records.read(.app(app))?.fields
            if let versions = AppVersions(versions, record: record) { apps.append(versions) }
        }
        return apps.sorted { ($0.current.manifest.title, $0.app.text) < ($1.current.manifest.title, $1.app.text) }
    }

    /// - Throws: ``HostError`` `.notFound` when no version of the app is installed.
    public func versions(of app: AppID) async throws(HostError) -> AppVersions {
        let installed = try await packages.installed().filter { $0.app == app }
        guard let versions = AppVersions(installed, record: try await records.read(.app(app))?.fields) else {
            throw HostError(.notFound, "look for app '\(app)': it is not installed; 'barchan app list' shows what is")
        }
        return versions
    }

    func package(_ identifier: PackageID, to attempt: String) async throws(HostError) -> InstalledPackage {
        guard let package = try await packages.package(identifier) else {
            throw HostError(.notFound, "\(attempt): package '\(identifier)' is not installed; install it again")
        }
        return package
    }

    // MARK: Installing

    /// Installs a package. The first one of an app, and of an app that was uninstalled, is in use at once; another version waits
    /// for ``choose(_:force:)``, unless a newer one does already.
    public func install(
        _ file: any ByteReader, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(HostError) -> Installation {
        try await uses.whileInstalling { () throws(HostError) in
            try await register(try await packages.install(file, expecting: nil, progress: progress))
        }
    }

    private func register(_ package: InstalledPackage) async throws(HostError) -> Installation {
        var dropped: InstalledPackage?
        let versions = try await decide(package.app) { (versions, fields) throws(HostError) in
            // Before it came the newest one was in use when nobody had decided.
            let others = AppVersions(
                versions.all.filter { $0.identifier != package.identifier }, record: fields)
            let isInUse = fields[AppVersions.currentField] == package.identifier.text || versions.isUninstalled
            let current = isInUse ? package : others?.current ?? package
            fields[AppVersions.currentField] = current.identifier.text
            fields[AppVersions.uninstalledField] = nil
            dropped = nil
            if current.identifier != package.identifier { dropped = wait(for: package, among: others, in: &fields) }
        }
        return Installation(package: package, versions: versions, dropped: dropped)
    }

    /// The newest version waits, and of the others the one that was installed last is kept.
    /// - Returns: What it takes the place of.
    private func wait(
        for package: InstalledPackage, among others: AppVersions?, in fields: inout RecordFields
    ) -> InstalledPackage? {
        if let waiting = others?.pending, waiting.manifest.version > package.manifest.version {
            fields[AppVersions.setAsideField] = package.identifier.text
            return others?.setAside
        }
        fields[AppVersions.pendingField] = package.identifier.text
        if fields[AppVersions.setAsideField] == package.identifier.text { fields[AppVersions.setAsideField] = nil }
        return others?.pending
    }

    /// Nobody can make grains of the app any more. Its packages go with the last grains that need them.
    public func uninstall(_ app: AppID) async throws(HostError) {
        _ = try await decide(app) { (versions, fields) throws(HostError) in
            guard !versions.isUninstalled else {
                throw HostError(.notFound, "uninstall '\(versions.current.manifest.title)': it is uninstalled already")
            }
            fields = RecordFields()
            fields[AppVersions.uninstalledField] = "1"
        }
        await collect()
    }

    func isUninstalled(_ app: AppID) async throws(HostError) -> Bool {
        try await records.read(.app(app))?.fields[AppVersions.uninstalledField] != nil
    }

    /// Puts a version in use: new grains are made of it.
    /// - Throws: ``HostError`` `.invalidArgument` for an older version without `force`.
    @discardableResult
    public func choose(_ identifier: PackageID, force: Bool) async throws(HostError) -> AppVersions {
        let hold = await uses.hold(identifier)
        defer { hold.release() }
        let package = try await package(identifier, to: "upgrade an app")
        return try await decide(package.app) { (versions, fields) throws(HostError) in
            let current = versions.current.manifest
            guard force || package.manifest.version >= current.version else {
                throw HostError(
                    .invalidArgument,
                    "put version \(package.manifest.versionText) of '\(package.manifest.title)' in use: it is older than"
                        + " \(current.versionText), and may not understand what that has written; force it if you are sure"
                )
            }
            fields[AppVersions.currentField] = identifier.text
            if fields[AppVersions.pendingField] == identifier.text { fields[AppVersions.pendingField] = nil }
            fields[AppVersions.setAsideField] = nil
        }
    }

    /// Keeps the version in use; the one that waits is removed. Does nothing when none waits.
    /// - Returns: What waited.
    @discardableResult
    public func decline(_ app: AppID) async throws(HostError) -> InstalledPackage? {
        var declined: InstalledPackage?
        _ = try await decide(app) { (versions, fields) throws(HostError) in
            declined = versions.pending
            fields[AppVersions.pendingField] = fields[AppVersions.setAsideField]
            fields[AppVersions.setAsideField] = nil
        }
        await collect()
        return declined
    }

    /// Changes what is decided about an app.
    private func decide(
        _ app: AppID, _ change: (AppVersions, inout RecordFields) throws(HostError) -> Void
    ) async throws(HostError) -> AppVersions {
        // Somebody else decided each time this loop turns, so it ends.
        while true {
            let versions = try await versions(of: app), found = try await records.read(.app(app))
            var fields = found?.fields ?? RecordFields()
            try change(versions, &fields)
            if fields == found?.fields { return versions }
            let condition = found.map { RecordBatch.Condition.version(.app(app), $0.version) } ?? .absent(.app(app))
            let batch = RecordBatch(conditions: [condition], writes: [.put(.app(app), fields.encoded)])
            if try await records.store.commit(batch) { return try await self.versions(of: app) }
        }
    }
}

extension AppManifest {
    /// The version as people and as we know it: "2022-07-31 (3)".
    public var versionText: String { marketingVersion.isEmpty ? "\(version)" : "\(marketingVersion) (\(version))" }
}
