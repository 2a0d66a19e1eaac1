import Barchan

/// Makes summaries of grains. What many of them have in common is looked up once, so that long lists take few steps.
struct GrainSummaries {
    let grains: GrainBook
    /// As of the moment when the list was begun.
    let lives: [GrainID: GrainLife]
    /// Those that were looked for; nil for one that is not installed, a failure for one that is there and of no use.
    private var packages: [PackageID: Result<InstalledPackage?, HostError>] = [:]

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
        switch await installed(package) {
        case .success(let package): summary.version = package?.manifest.marketingVersion ?? ""
        case .failure(let error):
            // The list goes on: it is where the other grains are.
            summary.packageProblem = "its package \(error.code == .corrupt ? "is damaged" : "cannot be used")"
        }
        summary.previous = await previous(of: record)
        summary.expires = grains.expiry(of: record)
        return summary
    }

    private mutating func previous(of record: GrainRecord) async -> PreviousVersion? {
        guard let identifier = record.previous, grains.book.mayMoveBack(record),
            let package = try? await installed(identifier).get()
        else { return nil }
        return PreviousVersion(
            package: identifier, version: package.manifest.marketingVersion, needsForce: record.previousIsTooOld)
    }

    private mutating func installed(_ identifier: PackageID) async -> Result<InstalledPackage?, HostError> {
        if let known = packages[identifier] { return known }
        let found: Result<InstalledPackage?, HostError>
        do throws(HostError) { found = .success(try await grains.packages.package(identifier)) } catch {
            found = .failure(error)
        }
        packages[identifier] = found
        return found
    }

    /// Measuring a volume may mean walking through it: a running grain is measured by whoever watches the disk, one at rest
    /// when it stops.
    private func usedBytes(of record: GrainRecord, _ running: RunningGrain?) async throws(HostError) -> Int64 {
        guard let running else { return record.usedBytes }
        return try await grains.watch.usedBytes(of: running)
    }
}
