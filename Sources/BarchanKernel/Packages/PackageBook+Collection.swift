import Barchan

extension PackageBook {
    /// Removes every package that nobody needs: that is no version in use, waiting or set aside, of which there is no grain, to which no
    /// grain may be moved back, and of which none runs.
    /// - Returns: What was removed.
    @discardableResult
    public func collect() async -> [PackageID] {
        guard !keepsAll.isSet else { return [] }
        var removed: [PackageID] = []
        do throws(HostError) {
            let needed = try await needed()
            for package in try await packages.installed() where !needed.contains(package.identifier) {
                if try await remove(ifUnused: package) { removed.append(package.identifier) }
            }
        } catch {
            // The next time it is tried again; nobody waits for it.
            log(.warning, "remove packages that nobody needs: \(error.message)")
        }
        return removed
    }

    private func remove(ifUnused package: InstalledPackage) async throws(HostError) -> Bool {
        let identifier = package.identifier
        guard uses.beginRemoval(of: identifier) else { return false }
        defer { uses.endRemoval(of: identifier) }
        // From here on nobody can begin to need it; who did before shows now.
        guard try await !needed().contains(identifier) else { return false }
        await release(package.tree)
        try await packages.uninstall(identifier)
        try await forget(package.app)
        log(.info, "package '\(identifier)' of '\(package.manifest.title)' is removed: no grain uses it any more")
        return true
    }

    /// Drops what is decided about an app of which there is no package any more. None comes meanwhile.
    private func forget(_ app: AppID) async throws(HostError) {
        guard try await !packages.installed().contains(where: { $0.app == app }) else { return }
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.app(app))]))
    }

    /// Packages in use, waiting or set aside, and those of grains.
    private func needed() async throws(HostError) -> Set<PackageID> {
        var needed: Set<PackageID> = []
        let apps = try await apps()
        for app in apps where !app.isUninstalled {
            needed.formUnion([app.current, app.pending, app.setAside].compactMap { $0?.identifier })
        }
        // Grains are looked at only when there is something to find out.
        guard apps.contains(where: { $0.all.contains { !needed.contains($0.identifier) } }) else { return needed }
        return needed.union(try await grainCounts(includingPrevious: true).keys)
    }

    /// How many grains there are of each package.
    public func grainCounts() async throws(HostError) -> [PackageID: Int] {
        try await grainCounts(includingPrevious: false)
    }

    private func grainCounts(includingPrevious: Bool) async throws(HostError) -> [PackageID: Int] {
        var counts: [PackageID: Int] = [:]
        try await records.forEachGrain { record throws(HostError) in
            if let package = record.package { counts[package, default: 0] += 1 }
            if includingPrevious, let previous = record.previous, mayMoveBack(record) {
                counts[previous, default: 0] += 1
            }
        }
        return counts
    }

    /// Whether the version that the grain was moved from is kept for it.
    func mayMoveBack(_ record: GrainRecord) -> Bool { clock.wallSeconds() - record.moved < previousLifetime }
}
