import Barchan

/// The apps there are: installed packages, and who may change them.
struct AppBook: AppDirectory {
    let book: PackageBook
    let records: RecordBook
    let accounts: AccountBook
    let audit: AuditBook

    func apps(for account: AccountID) async throws(HostError) -> [InstalledPackage] {
        guard try await accounts.account(account) != nil else {
            throw HostError(.permissionDenied, "list apps: log in first")
        }
        return try await book.apps().filter { !$0.isUninstalled }.map(\.current)
    }

    func install(
        _ file: any ByteReader, by account: AccountID, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> InstalledPackage {
        do throws(HostError) {
            try await accounts.requireAdministrator(account, to: "install an app")
        } catch {
            file.cancel()
            throw error
        }
        return try await install(file, by: .account(account), progress: progress).package
    }

    func install(
        _ file: any ByteReader, by actor: AuditActor, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(HostError) -> Installation {
        let installation = try await book.install(file, progress: progress), package = installation.package
        let remark = installation.remark.map { "; \($0)" } ?? ""
        await audit.note(.installApp, by: actor, on: package.app.text, package.auditText + remark)
        return installation
    }

    func uninstall(_ app: AppID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "remove app '\(app)'")
        _ = try await uninstall(app, by: .account(account))
    }

    func uninstall(_ app: AppID, by actor: AuditActor) async throws(HostError) -> UninstalledApp {
        let package = try await book.versions(of: app).current
        try await book.uninstall(app)
        let removed = UninstalledApp(package: package, grains: try await grainCount(of: app))
        await audit.note(.uninstallApp, by: actor, on: app.text, "\(package.manifest.title); \(removed.text)")
        return removed
    }

    func uninstalled(for account: AccountID) async throws(HostError) -> [UninstalledApp] {
        try await accounts.requireAdministrator(account, to: "list uninstalled apps")
        var found: [UninstalledApp] = []
        for app in try await book.apps() where app.isUninstalled {
            found.append(UninstalledApp(package: app.current, grains: try await grainCount(of: app.app)))
        }
        return found
    }

    private func grainCount(of app: AppID) async throws(HostError) -> Int {
        try await records.count(prefix: .usePrefix(app), limit: 1_000_000)
    }
}

extension InstalledPackage {
    /// What the audit log says of a package besides its app.
    var auditText: String { "\(manifest.title) \(manifest.marketingVersion), package \(identifier)" }
}
