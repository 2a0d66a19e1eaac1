import Barchan

/// New versions of apps as people are asked about them.
struct UpgradeBook: UpgradeDirectory {
    let book: PackageBook
    let accounts: AccountBook
    let grains: GrainBook
    let registry: GrainRegistry
    let audit: AuditBook

    func upgrades(for account: AccountID) async throws(HostError) -> [AppUpgrade] {
        guard let person = try await accounts.account(account) else {
            throw HostError(.permissionDenied, "look for new versions of apps: log in first")
        }
        let apps = try await book.apps()
        let offers = apps.map { (app: $0, package: (person.role == .administrator ? $0.pending : nil) ?? $0.current) }
        let behind = try await behind(offers, account)
        return offers.compactMap { app, package in
            let grains = behind[app.app] ?? []
            guard package.identifier != app.current.identifier || !grains.isEmpty else { return nil }
            return AppUpgrade(current: app.current, offered: package, grains: grains)
        }
    }

    /// Somebody's grains that are of an older version, by app, last used first. Those of the same version in another package,
    /// too: it was offered as a new one.
    private func behind(
        _ offers: [(app: AppVersions, package: InstalledPackage)], _ account: AccountID
    ) async throws(HostError) -> [AppID: [GrainSummary]] {
        let offers = Dictionary(offers.map { ($0.app.app, $0) }) { first, _ in first }
        var behind: [AppID: [GrainSummary]] = [:], summaries = await grains.summaries()
        try await grains.records.forEachKept(try await grains.records.grains(behind: .ownedPrefix(account))) {
            (record) throws(HostError) in
            guard record.isUsable, let app = record.app, let (versions, offered) = offers[app],
                record.package != offered.identifier
            else { return }
            let version = versions.all.first { $0.identifier == record.package }?.manifest.version
            guard version.map({ $0 <= offered.manifest.version }) ?? true else { return }
            if let summary = try await summaries.summary(of: record) { behind[app, default: []].append(summary) }
        }
        return behind.mapValues(GrainBook.lastUsedFirst)
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
