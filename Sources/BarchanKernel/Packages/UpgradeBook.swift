import Barchan

/// New versions of apps as people are asked about them.
struct UpgradeBook: UpgradeDirectory {
    let book: PackageBook
    let accounts: AccountBook
    let grains: GrainBook
    let registry: GrainRegistry
    let audit: AuditBook

    func upgrades(for account: AccountID) async throws(HostError) -> [AppUpgrade] {
        try await upgrades(for: account, among: try await grains.list(for: account).grains)
    }

    func upgrades(
        for account: AccountID, among grains: [GrainSummary]
    ) async throws(HostError) -> [AppUpgrade] {
        guard let person = try await accounts.account(account) else {
            throw HostError(.permissionDenied, "look for new versions of apps: log in first")
        }
        let own = Dictionary(grouping: grains.indices.filter { grains[$0].isOwned }) { grains[$0].app }
        return try await book.apps().compactMap { app in
            let package = (person.role == .administrator ? app.pending : nil) ?? app.current
            let behind = (own[app.app] ?? []).filter { UpgradeBook.isBehind(grains[$0], package, app) }
            guard package.identifier != app.current.identifier || !behind.isEmpty else { return nil }
            return AppUpgrade(
                current: app.current, offered: package, grains: GrainBook.lastUsedFirst(behind.map { grains[$0] }))
        }
    }

    /// Of an older version, or of the same one in another package: it was offered as a new one.
    private static func isBehind(_ grain: GrainSummary, _ offered: InstalledPackage, _ versions: AppVersions) -> Bool {
        guard grain.package != offered.identifier else { return false }
        let version = versions.all.first { $0.identifier == grain.package }?.manifest.version
        return version.map { $0 <= offered.manifest.version } ?? true
    }

    func accept(_ package: PackageID, force: Bool, by account: AccountID) async throws(HostError) -> Int {
        let offered = try await book.package(package, to: "upgrade an app")
        if try await book.versions(of: offered.app).current.identifier != package {
            try await accounts.requireAdministrator(account, to: "upgrade app '\(offered.app)'")
            try await book.choose(package, force: force)
            await audit.note(.upgradeApp, by: .account(account), on: offered.app.text, offered.auditText)
        }
        let moved = try await book.moveAll(to: package, ownedBy: account, force: force)
        for grain in moved {
            await registry.known(grain)?.leaveFrozen()
            await audit.note(.moveGrain, by: .account(account), on: grain.text, offered.auditText)
        }
        await book.collect()
        return moved.count
    }

    func decline(_ app: AppID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "decline a version of app '\(app)'")
        try await book.decline(app)
        await audit.note(.declineApp, by: .account(account), on: app.text)
    }

    func move(_ grain: GrainID, to package: PackageID, force: Bool, by account: AccountID) async throws(HostError) {
        _ = try await grains.record(of: grain, for: account, to: "move")
        try await move(grain, to: package, force: force, by: .account(account))
    }

    /// Whoever's grain it is.
    func move(
        _ grain: GrainID, to package: PackageID, force: Bool, by actor: AuditActor
    ) async throws(HostError) {
        guard try await book.move(grain, to: package, force: force) else { return }
        await audit.note(.moveGrain, by: actor, on: grain.text, "to package \(package)")
        await registry.known(grain)?.leaveFrozen()
        await book.collect()
    }
}
