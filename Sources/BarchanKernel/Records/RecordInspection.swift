import Barchan

/// Looks whether the records, the volumes and the packages agree, and mends what can be mended without losing anything.
///
/// No host runs meanwhile: what one is about to do would look like a mistake.
public struct RecordInspection: Sendable {
    /// Something that does not hold.
    public struct Finding: Sendable {
        /// What it is about, as a record's key or "volume ID".
        public let subject: String
        public let problem: String
        /// What mends it: done already when ``isRepaired``, otherwise for somebody to do.
        public let remedy: String
        public let isRepaired: Bool
        /// A repair that loses nothing exists.
        public let isRepairable: Bool
    }

    private let records: RecordBook
    private let volumes: any VolumeStore
    private let packages: any PackageStore
    private let owner: FileOwner?

    /// - Parameter owner: To whom grains' data belongs, as the isolation back end has it; nil where that is not known.
    public init(storage: any StorageProvider, owner: FileOwner? = nil) {
        self.owner = owner
        records = RecordBook(store: storage.records)
        volumes = storage.volumes
        packages = storage.packages
    }

    /// - Parameter repair: Mends what is safe. A second run then finds what is left.
    public func run(repair: Bool) async throws(HostError) -> [Finding] {
        var state = State(repair: repair, records: records)
        try await read(into: &state)
        try await checkGrains(&state)
        try await checkVolumes(&state)
        try await checkIndexes(&state)
        try await checkApps(&state)
        return state.findings
    }

    private struct State {
        let repair: Bool
        let records: RecordBook
        var findings: [Finding] = []
        var grains: [GrainID: GrainRecord] = [:]
        /// Grains whose record cannot be read. What belongs to them is kept: the record may come back from a copy.
        var unreadable: Set<GrainID> = []
        var installed: [PackageID: InstalledPackage] = [:]
        /// Packages that are there and cannot be used.
        var unusable: [PackageID: HostError] = [:]

        static let restore = "mount the disk that has it, restore a backup, or remove the grain"

        mutating func find(_ subject: String, _ problem: String, remedy: String) {
            findings.append(
                Finding(subject: subject, problem: problem, remedy: remedy, isRepaired: false, isRepairable: false))
        }

        /// A finding that some writes mend.
        mutating func find(
            _ subject: String, _ problem: String, remedy: String, _ writes: [RecordBatch.Write]
        ) async throws(HostError) {
            if repair { _ = try await records.store.commit(RecordBatch(writes: writes)) }
            findings.append(
                Finding(subject: subject, problem: problem, remedy: remedy, isRepaired: repair, isRepairable: true))
        }
    }

    private func read(into state: inout State) async throws(HostError) {
        for package in try await packages.installed() { state.installed[package.identifier] = package }
        state.unusable = try await (packages as? any InspectablePackageStore)?.unusable() ?? [:]
        for (package, error) in state.unusable.sorted(by: { $0.key < $1.key }) {
            state.find(
                "package \(package)", "it cannot be used: \(error.message)",
                remedy: "install the same file again; nothing of apps is repaired before")
        }
        try await records.forEach(prefix: .grainPrefix) { (entry) throws(HostError) in
            guard let grain = GrainID(entry.key.text(after: .grainPrefix)) else {
                return state.find("\(entry.key)", "no grain is called so", remedy: "remove the record")
            }
            do throws(HostError) {
                state.grains[grain] = GrainRecord(grain: grain, fields: try RecordFields(decoding: entry.value))
            } catch {
                state.unreadable.insert(grain)
                state.find("\(entry.key)", error.message, remedy: "restore the records from a copy")
            }
        }
    }

    // MARK: Grains

    private func checkGrains(_ state: inout State) async throws(HostError) {
        for record in state.grains.values.sorted(by: { $0.grain < $1.grain }) where !record.isRemoved {
            let key = "\(RecordKey.grain(record.grain))"
            if let volume = try await volumes.volume(for: record.grain) {
                await checkOwner(of: volume, record.grain, key, &state)
            } else if record.hasAnswered {
                state.find(key, "its data is gone: it has no volume", remedy: State.restore)
            }
            if let owner = record.owner {
                if try await records.store.read(.account(owner)) == nil {
                    state.find(key, "its owner '\(owner)' is unknown", remedy: "restore the records from a copy")
                }
            } else {
                state.find(key, "it has no owner", remedy: "restore the records from a copy")
            }
            checkPackages(of: record, key, &state)
        }
    }

    private func checkOwner(of volume: any Volume, _ grain: GrainID, _ key: String, _ state: inout State) async {
        guard let owner, let store = volumes as? any OwnedVolumeStore else { return }
        do throws(HostError) {
            let found = try await store.owner(of: grain)
            guard found != owner else { return }
            state.find(
                key,
                "its data belongs to user \(found.user), group \(found.group); grains run as \(owner.user), \(owner.group)",
                remedy: "chown -R \(owner.user):\(owner.group) '\(volume.directory)'")
        } catch {
            state.find(key, "its data cannot be looked at: \(error.message)", remedy: State.restore)
        }
    }

    private func checkPackages(of record: GrainRecord, _ key: String, _ state: inout State) {
        // Said of the package already.
        if let package = record.package, state.unusable[package] != nil { return }
        guard let package = record.package, let installed = state.installed[package] else {
            state.find(
                key, "its package '\(record.package?.text ?? "?")' of app '\(record.appTitle)' is not installed",
                remedy: "install that package, or move the grain to another one")
            return
        }
        if installed.app != record.app {
            state.find(key, "its package is of another app", remedy: "restore the records from a copy")
        }
        // The version it was moved from may be gone: it is kept for a while only.
    }

    // MARK: Volumes

    private func checkVolumes(_ state: inout State) async throws(HostError) {
        for grain in try await volumes.grains() where state.grains[grain] == nil && !state.unreadable.contains(grain) {
            // Half restored from a backup: the next host removes it.
            if try await records.store.read(.restoring(grain)) != nil { continue }
            state.find(
                "volume \(grain)", "there is no grain of it",
                remedy:
                    "it may be the only copy of somebody's data: restore the records, or look at it and remove it by hand"
            )
        }
    }

    // MARK: Indexes

    /// Records that say the same as a grain's own, or belong to one.
    private func checkIndexes(_ state: inout State) async throws(HostError) {
        for record in state.grains.values.sorted(by: { $0.grain < $1.grain }) where !record.isRemoved {
            var keys: [RecordKey] = []
            if let owner = record.owner { keys.append(.owned(record.grain, by: owner)) }
            if let app = record.app { keys.append(.use(of: app, by: record.grain)) }
            for key in keys where try await records.store.read(key) == nil {
                try await state.find(
                    "\(key)", "it is missing: grain '\(record.grain)' is in no list", remedy: "write it again",
                    [.put(key, RecordFields().encoded)])
            }
        }
        for prefix in ["owned/", "app-use/", "shared/", "tags/"] {
            try await checkEntries(RecordKey(prefix), &state) { parts, state in
                parts.last.flatMap { GrainID($0) }.map { grain in
                    guard let record = state.grains[grain] else { return state.unreadable.contains(grain) }
                    return prefix == "shared/" || prefix == "tags/"
                        || [record.owner?.text, record.app?.text].contains(parts.first)
                } ?? false
            }
        }
        for prefix in ["identity/", "token/", "activity/", "grant/", "grant-token-of/", "view-info/"] {
            try await checkEntries(RecordKey(prefix), &state) { parts, state in
                parts.first.flatMap { GrainID($0) }.map { state.grains[$0] != nil || state.unreadable.contains($0) }
                    ?? false
            }
        }
    }

    private func checkEntries(
        _ prefix: RecordKey, _ state: inout State, belongs: ([String], State) -> Bool
    ) async throws(HostError) {
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let parts = entry.key.text(after: prefix).split(separator: "/").map(String.init)
            guard !belongs(parts, state) else { return }
            try await state.find(
                "\(entry.key)", "it belongs to no grain", remedy: "remove the record", [.delete(entry.key)])
        }
    }

    // MARK: Apps

    private func checkApps(_ state: inout State) async throws(HostError) {
        // Which app such a package is of is not known: it may be the one that an administrator has put in use.
        guard state.unusable.isEmpty else { return }
        let prefix = RecordKey("app/")
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            var fields = try RecordFields(decoding: entry.value)
            let app = AppID(entry.key.text(after: prefix))
            guard state.installed.values.contains(where: { $0.app == app }) else {
                return try await state.find(
                    "\(entry.key)", "no package of the app is installed", remedy: "remove the record",
                    [.delete(entry.key)])
            }
            for field in [AppVersions.currentField, AppVersions.pendingField, AppVersions.setAsideField] {
                guard let text = fields[field], PackageID(text).flatMap({ state.installed[$0] })?.app != app else {
                    continue
                }
                fields[field] = nil
                try await state.find(
                    "\(entry.key)", "package '\(text)' is not installed",
                    remedy: field == AppVersions.currentField ? "take the newest one there is" : "forget it",
                    [.put(entry.key, fields.encoded)])
            }
        }
    }
}
