import Barchan
import Synchronization

/// Grains as files.
struct BackupBook: BackupDirectory {
    let grains: GrainBook
    let records: RecordBook
    let volumes: any VolumeStore
    let registry: GrainRegistry
    let accounts: AccountBook
    let owner: FileOwner
    let clock: any HostClock
    let audit: AuditBook
    let reserve: DiskReserve
    let sizes: VolumeSizes
    private let underWay = BackupCount()

    private func backupStore() throws(HostError) -> any BackupStore {
        guard let store = volumes as? any BackupStore else {
            throw HostError(.unsupported, "use a backup: the storage of this host makes none")
        }
        return store
    }

    // MARK: Making

    func backUp(_ grain: GrainID, by account: AccountID) async throws(HostError) -> GrainBackup {
        try await backUp(try await grains.record(of: grain, for: account, to: "back up"), by: .account(account))
    }

    func backUp(_ record: GrainRecord, by actor: AuditActor) async throws(HostError) -> GrainBackup {
        let grain = record.grain
        let store = try backupStore(), metadata = try await metadata(of: record)
        if record.hasAnswered, try await volumes.volume(for: grain) == nil { throw LostData.error(grain, "back up") }
        // Where files can share their space the copy takes less.
        try await reserve.require(try await sizes.bytes(of: grain), to: "back up grain '\(grain)'")
        try underWay.take(for: actor)
        do throws(HostError) {
            // The copy alone has to be made while nothing runs; the file is made of the copy.
            let snapshot = try await registry.life(of: grain).whileStill { () throws(HostError) in
                try await store.snapshot(of: grain)
            }
            let bytes = try await snapshot.backup(metadata)
            await audit.note(.backUpGrain, by: actor, on: grain.text, record.title)
            return GrainBackup(
                title: record.title, bytes: TrackedReader(bytes) { [underWay] in underWay.release(for: actor) })
        } catch {
            underWay.release(for: actor)
            throw error
        }
    }

    private func metadata(of record: GrainRecord) async throws(HostError) -> BackupMetadata {
        guard let app = record.app, let owner = record.owner, let identifier = record.package else {
            throw HostError(.corrupt, "back up grain '\(record.grain)': its record is damaged")
        }
        let version = try await grains.packages.usable(identifier)?.manifest.version
        var metadata = BackupMetadata(
            app: app, appVersion: record.dataVersion ?? version ?? 0, title: record.title,
            originalGrain: record.grain.text)
        let prefix = RecordKey.identityPrefix(record.grain)
        var known: [(AccountID, String)] = []
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            if let account = AccountID(text) { known.append((account, Hexadecimal.text(entry.value))) }
        }
        for (account, identity) in known {
            if account == owner { metadata.ownerIdentity = identity }
            guard let person = try await accounts.account(account) else { continue }
            metadata.users.append(
                BackupUser(
                    identity: identity, credentials: [account.text], displayName: person.displayName,
                    handle: person.handle))
        }
        return metadata
    }

    /// Writes a backup into a new file anywhere on the machine. What a host that ends meanwhile leaves is removed by the next.
    /// - Returns: The file's size.
    func write(_ bytes: any ByteReader, to path: String) async throws(HostError) -> Int64 {
        let mark = RecordKey.newBackupMark()
        var fields = RecordFields()
        fields["path"] = path
        do throws(HostError) {
            _ = try await records.store.commit(RecordBatch(writes: [.put(mark, fields.encoded)]))
        } catch {
            bytes.cancel()
            throw error
        }
        do throws(HostError) {
            let size = try await BackupFile.write(bytes, to: path)
            try await forget(mark)
            return size
        } catch {
            try? await forget(mark)
            throw error
        }
    }

    private func forget(_ mark: RecordKey) async throws(HostError) {
        _ = try await records.store.commit(RecordBatch(writes: [.delete(mark)]))
    }

    // MARK: Restoring

    func restore(_ file: any ByteReader, by account: AccountID) async throws(HostError) -> GrainSummary {
        try await restore(file, for: account, by: .account(account))
    }

    func restore(
        _ file: any ByteReader, for account: AccountID, by actor: AuditActor
    ) async throws(HostError) -> GrainSummary {
        let grain = GrainID.random(), mark = RecordKey.restoring(grain)
        do throws(HostError) {
            let store = try backupStore()
            try await grains.requireRoom(for: account)
            try await reserve.require(to: "restore a backup")
            _ = try await records.store.commit(RecordBatch(writes: [.put(mark, RecordFields().encoded)]))
            let metadata = try await store.restore(
                file, for: grain, owner: owner, diskBytes: await reserve.free()
            ) { (metadata) throws(HostError) in
                _ = try await package(for: metadata)
                return grains.limits.grain(of: metadata.app).volumeBytes
            }
            let (version, hold) = try await held(for: metadata)
            defer { hold.release() }
            let record = GrainRecord(
                grain, from: metadata, of: version, owner: account, now: clock.wallSeconds(),
                bytes: try await sizes.bytes(of: grain))
            try await grains.store(
                record, app: metadata.app, owner: account,
                also: [
                    .delete(mark), audit.entry(.restoreGrain, by: actor, on: grain.text, metadata.title),
                ] + identities(in: metadata, of: grain, owner: account))
            return try await grains.grain(grain, for: account)
        } catch {
            file.cancel()
            try? await removeHalfRestored(grain)
            throw error
        }
    }

    func verify(_ file: any ByteReader) async throws(HostError) -> BackupContents {
        try await backupStore().verify(file, diskBytes: await reserve.free())
    }

    /// What the grain of a backup is of: the version in use, or where that is older than the backup's, the next that is
    /// installed and waits or is kept (specification, section 20.2). People may move their grains to it, too.
    private func package(for metadata: BackupMetadata) async throws(HostError) -> InstalledPackage {
        guard try await grains.packages.installed().contains(where: { $0.app == metadata.app }) else {
            throw HostError(
                .notFound, "restore '\(metadata.title)': its app '\(metadata.app)' is not installed; install it first")
        }
        let versions = try await grains.book.versions(of: metadata.app)
        guard !versions.isUninstalled else {
            throw HostError(
                .notFound,
                "restore '\(metadata.title)': its app '\(versions.current.manifest.title)' was uninstalled;"
                    + " install it again first")
        }
        let known = [versions.current] + versions.all.reversed()
        guard let package = known.first(where: { $0.manifest.version >= metadata.appVersion }) else {
            throw HostError(
                .notFound,
                "restore '\(metadata.title)': version \(metadata.appVersion) of \(versions.current.manifest.title) wrote its data,"
                    + " which no older one may understand, and \(versions.all[0].manifest.version) is the newest installed;"
                    + " install a newer one first")
        }
        return package
    }

    /// The same, and nobody removes it until the hold is released.
    private func held(
        for metadata: BackupMetadata
    ) async throws(HostError) -> (package: InstalledPackage, hold: PackageHold) {
        while true {
            let package = try await package(for: metadata), hold = await grains.book.uses.hold(package.identifier)
            if try await grains.packages.package(package.identifier) != nil { return (package, hold) }
            hold.release()
        }
    }

    /// Its people stay who they were to the app: the owner, and others whom this host knows by what they log in with.
    private func identities(
        in metadata: BackupMetadata, of grain: GrainID, owner: AccountID
    ) async throws(HostError) -> [RecordBatch.Write] {
        var people: [AccountID: [UInt8]] = [:], taken: Set<[UInt8]> = []
        func add(_ account: AccountID, _ text: String) {
            // As in the specification, section 6.6; and nobody is somebody else.
            guard let identity = Hexadecimal.bytes(text), identity.count == 32, people[account] == nil,
                taken.insert(identity).inserted
            else { return }
            people[account] = identity
        }
        add(owner, metadata.ownerIdentity)
        for user in metadata.users {
            for account in user.credentials.compactMap({ AccountID($0) }) where account != owner {
                if try await accounts.account(account) != nil { add(account, user.identity) }
            }
        }
        return people.map { .put(.identity(of: $0.key, in: grain), $0.value) }
    }

    // MARK: Leftovers

    /// After a crash: files of backups that were not finished.
    func removeHalfWritten() async throws(HostError) {
        try await records.forEach(prefix: RecordKey(RecordKey.backupMarkPrefix)) { (entry) throws(HostError) in
            if let path = try RecordFields(decoding: entry.value)["path"] {
                try await OwnThread.run { () throws(HostError) in BackupFile.removeUnfinished(path) }
            }
            try await forget(entry.key)
        }
    }

    /// After a crash: volumes that have no grain because it was being made from a backup.
    func removeHalfRestored() async throws(HostError) {
        let prefix = RecordKey(RecordKey.restoringPrefix)
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            if let grain = GrainID(text) { try await removeHalfRestored(grain) }
        }
    }

    private func removeHalfRestored(_ grain: GrainID) async throws(HostError) {
        if try await records.store.read(.grain(grain)) == nil { try await volumes.remove(for: grain) }
        _ = try await records.store.commit(RecordBatch(writes: [.delete(.restoring(grain))]))
    }
}

/// How many backups are being read; each holds a copy of a grain's data. Somebody who reads slowly keeps nobody else from
/// theirs, and neither the host's own nor those of the command wait for people's.
private final class BackupCount: Sendable {
    private static let limit = 8
    private static let limitOfAccount = 2
    private let counts = Mutex<[AccountID: Int]>([:])

    func take(for actor: AuditActor) throws(HostError) {
        guard case .account(let account) = actor else { return }
        let isFree = counts.withLock { counts in
            let own = counts[account, default: 0]
            guard own < Self.limitOfAccount, counts.values.reduce(0, +) < Self.limit else { return false }
            counts[account] = own + 1
            return true
        }
        guard isFree else {
            throw HostError(
                .resourceExhausted,
                "back up a grain: \(Self.limitOfAccount) of yours, or \(Self.limit) of all, are being made already; "
                    + "try again later")
        }
    }

    func release(for actor: AuditActor) {
        guard case .account(let account) = actor else { return }
        counts.withLock { counts in
            let own = counts[account, default: 0]
            counts[account] = own > 1 ? own - 1 : nil
        }
    }
}
