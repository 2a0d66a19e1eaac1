import Barchan

/// Makes summaries of grains. What many of them have in common is looked up once, so that long lists take few steps.
struct GrainSummaries {
    let grains: GrainBook
    /// As of the moment when the list was begun.
    let lives: [GrainID: GrainLife]
    /// Those that were looked for; nil for one that is not installed.
    private var packages: [PackageID: InstalledPackage?] = [:]

    init(grains: GrainBook, lives: [GrainID: GrainLife]) {
        self.grains = grains
        self.lives = lives
    }

    /// - Returns: Nil for a record that does not say which app the grain is of.
    mutating func summary(of record: GrainRecord) async throws(HostError) -> GrainSummary? {
        try await summary(of: record, await lives[record.grain]?.glimpse ?? GrainLife.Glimpse())
    }

    mutating func summary(
        of record: GrainRecord, _ glimpse: GrainLife.Glimpse
    ) async throws(HostError) -> GrainSummary? {
        guard let app = record.app, let package = record.package else { return nil }
        var summary = GrainSummary(
            identifier: record.grain, title: record.title, app: app, appTitle: record.appTitle, package: package,
            state: glimpse.state, usedBytes: try await usedBytes(of: record, glimpse.running),
            lastUsed: record.lastUsed)
        summary.version = try await installed(package)?.manifest.marketingVersion ?? ""
        summary.previous = try await previous(of: record)
        summary.expires = grains.expiry(of: record)
        return summary
    }

    private mutating func previous(of record: GrainRecord) async throws(HostError) -> PreviousVersion? {
        guard let identifier = record.previous, grains.book.mayMoveBack(record),
            let package = try await installed(identifier)
        else { return nil }
        return PreviousVersion(
            package: identifier, version: package.manifest.marketingVersion, needsForce: record.previousIsTooOld)
    }

    private mutating func installed(_ identifier: PackageID) async throws(HostError) -> InstalledPackage? {
        if let known = packages[identifier] { return known }
        let package = try await grains.packages.package(identifier)
        packages[identifier] = .some(package)
        return package
    }

    /// Measuring a volume may mean walking through it: a running grain is measured by whoever watches the disk, one at rest
    /// when it stops.
    private func usedBytes(of record: GrainRecord, _ running: RunningGrain?) async throws(HostError) -> Int64 {
        guard let running else { return record.usedBytes }
        return try await grains.watch.usedBytes(of: running)
    }
}
