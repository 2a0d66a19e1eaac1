import Barchan

extension PackageBook {
    /// Moves grains of the package's app to that package; each runs it from its next start on.
    /// - Parameter owner: Nil for everybody's.
    /// - Parameter force: Also grains whose data a newer version has written; without it they stay where they are.
    /// - Returns: The grains that moved.
    public func moveAll(
        to identifier: PackageID, ownedBy owner: AccountID?, force: Bool
    ) async throws(HostError) -> [GrainID] {
        let hold = await uses.hold(identifier)
        defer { hold.release() }
        let package = try await package(identifier, to: "move grains")
        var moved: [GrainID] = []
        for record in try await grains(of: package.app, ownedBy: owner) {
            let data = try await dataVersion(of: record)
            guard force || package.manifest.version >= data else { continue }
            if try await move(record.grain, to: package, force: force) { moved.append(record.grain) }
        }
        return moved
    }

    /// Moves one grain, forwards or back.
    /// - Returns: Whether it was of another package before.
    public func move(_ grain: GrainID, to identifier: PackageID, force: Bool) async throws(HostError) -> Bool {
        let hold = await uses.hold(identifier)
        defer { hold.release() }
        return try await move(grain, to: try await package(identifier, to: "move grain '\(grain)'"), force: force)
    }

    func grains(of app: AppID, ownedBy owner: AccountID?) async throws(HostError) -> [GrainRecord] {
        var found: [GrainRecord] = []
        try await records.forEachGrain { record throws(HostError) in
            if record.app == app, owner == nil || record.owner == owner { found.append(record) }
        }
        return found
    }

    /// The newest version that has run on the grain's data.
    func dataVersion(of record: GrainRecord) async throws(HostError) -> UInt32 {
        if let version = record.dataVersion { return version }
        // A host that did not write it down had never moved a grain.
        return try await installed(record.package)?.manifest.version ?? 0
    }

    /// The caller holds `package`.
    private func move(_ grain: GrainID, to package: InstalledPackage, force: Bool) async throws(HostError) -> Bool {
        // Somebody else changed the record each time this loop turns, so it ends.
        while let (fields, version) = try await records.read(.grain(grain)) {
            let record = GrainRecord(grain: grain, fields: fields)
            guard !record.isRemoved else { break }
            guard record.app == package.app else {
                throw HostError(
                    .invalidArgument,
                    "move grain '\(grain)' to package '\(package.identifier)': that is of app '\(package.manifest.title)', the"
                        + " grain is of '\(record.appTitle)'")
            }
            guard record.package != package.identifier else { return false }
            let data = try await dataVersion(of: record)
            guard force || package.manifest.version >= data else { throw tooOld(package, for: grain, data) }
            let old = try await installed(record.package)
            let moved = record.moved(to: package, from: old, dataVersion: data, now: clock.wallSeconds())
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), version)], writes: [.put(.grain(grain), moved.encoded)])
            if try await records.store.commit(batch) { return true }
        }
        throw HostError(.notFound, "move grain '\(grain)': there is none")
    }

    private func installed(_ identifier: PackageID?) async throws(HostError) -> InstalledPackage? {
        guard let identifier else { return nil }
        return try await packages.usable(identifier)
    }

    private func tooOld(_ package: InstalledPackage, for grain: GrainID, _ data: UInt32) -> HostError {
        HostError(
            .invalidArgument,
            "move grain '\(grain)' to version \(package.manifest.versionText) of '\(package.manifest.title)': version \(data) has"
                + " written to its data, which an older one may not understand; force it if you are sure")
    }
}

extension PackageStore {
    /// One installed package, or nil for none and for one that is there but of no use.
    func usable(_ identifier: PackageID) async throws(HostError) -> InstalledPackage? {
        do throws(HostError) {
            return try await package(identifier)
        } catch {
            // Another look may tell more.
            if error.code == .resourceExhausted { throw error }
            return nil
        }
    }
}

extension GrainRecord {
    /// The fields after a move from `old`, if that is still installed.
    func moved(to package: InstalledPackage, from old: InstalledPackage?, dataVersion: UInt32, now: Int64)
        -> RecordFields
    {
        var fields = fields
        fields["package"] = package.identifier.text
        fields["app-title"] = package.manifest.title
        fields["data-version"] = String(dataVersion)
        fields["moved"] = String(now)
        fields["previous"] = old?.identifier.text
        fields["previous-version"] = old.map { String($0.manifest.version) }
        return fields
    }
}
