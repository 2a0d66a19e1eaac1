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
        return try await book.apps().map(\.current)
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
        let package = try await book.install(file, progress: progress).package
        await audit.note(.installApp, by: .account(account), on: package.app.text, package.auditText)
        return package
    }

    func uninstall(_ app: AppID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "remove app '\(app)'")
        let versions = try await book.packages.installed().filter { $0.app == app }
        guard !versions.isEmpty else { throw HostError(.notFound, "remove app '\(app)': it is not installed") }
        // From here on no grain of it can be made, so counting after this counts all.
        _ = try await records.store.commit(RecordBatch(writes: [.put(.removal(app), RecordFields().encoded)]))
        do throws(HostError) {
            try await removeUnused(app, versions)
        } catch {
            _ = try? await records.store.commit(RecordBatch(writes: [.delete(.removal(app))]))
            throw error
        }
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.removal(app))]))
        await audit.note(.uninstallApp, by: .account(account), on: app.text, versions[0].manifest.title)
    }

    private func removeUnused(_ app: AppID, _ versions: [InstalledPackage]) async throws(HostError) {
        let count = try await records.count(prefix: .usePrefix(app), limit: 1_000_000)
        guard count == 0 else {
            throw HostError(
                .invalidArgument,
                "remove app '\(app)': \(count) grain\(count == 1 ? "" : "s") use it; remove them first")
        }
        for version in versions {
            await book.release(version.tree)
            try await book.packages.uninstall(version.identifier)
        }
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.app(app))]))
    }
}

extension InstalledPackage {
    /// What the audit log says of a package besides its app.
    var auditText: String { "\(manifest.title) \(manifest.marketingVersion), package \(identifier)" }
}
