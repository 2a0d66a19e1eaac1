import Barchan

/// New versions of apps as people are asked about them.
struct UpgradeBook: UpgradeDirectory {
    let book: PackageBook
    let accounts: AccountBook
    let grains: GrainBook
    let registry: GrainRegistry
    let sessions: SessionBook
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
            guard !app.isUninstalled else { return nil }
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
        return try await moveAll(to: offered, ownedBy: account, force: force, by: .account(account)).count
    }

    /// Puts a version in use, and moves everybody's grains of the app over.
    func acceptForAll(_ package: PackageID, force: Bool, by actor: AuditActor) async throws(HostError) -> [GrainID] {
        let chosen = try await book.choose(package, force: force).current
        await audit.note(.upgradeApp, by: actor, on: chosen.app.text, chosen.auditText)
        return try await moveAll(to: chosen, ownedBy: nil, force: force, by: actor)
    }

    private func moveAll(
        to package: InstalledPackage, ownedBy owner: AccountID?, force: Bool, by actor: AuditActor
    ) async throws(HostError) -> [GrainID] {
        let moved = try await book.moveAll(to: package.identifier, ownedBy: owner, force: force)
        for grain in moved { await audit.note(.moveGrain, by: actor, on: grain.text, package.auditText) }
        await leaveOldPackages(moved, for: package.identifier)
        await book.collect()
        return moved
    }

    /// Ends what grains run of the packages that they were moved from. Their open pages are closed, and open themselves again.
    private func leaveOldPackages(_ moved: [GrainID], for package: PackageID) async {
        await withTaskGroup(of: Void.self) { group in
            for grain in moved {
                guard let life = await registry.known(grain) else { continue }
                group.addTask { await life.leaveOldPackage() }
            }
        }
        await sessions.closePages(of: Set(moved), unlessOf: package)
    }

    func decline(_ app: AppID, by account: AccountID) async throws(HostError) {
        try await accounts.requireAdministrator(account, to: "decline a version of app '\(app)'")
        try await decline(app, by: .account(account))
    }

    func decline(_ app: AppID, by actor: AuditActor) async throws(HostError) {
        guard let declined = try await book.decline(app) else { return }
        await audit.note(.declineApp, by: actor, on: app.text, declined.auditText)
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
        await leaveOldPackages([grain], for: package)
        await book.collect()
    }
}
