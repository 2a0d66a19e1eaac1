import Barchan

/// The grains people have: records and what may be done with them.
struct GrainBook: GrainDirectory {
    static let maximumTitleCharacters = 200

    let records: RecordBook
    let packages: any PackageStore
    let book: PackageBook
    let volumes: any VolumeStore
    let isolation: any IsolationProvider
    let registry: GrainRegistry
    let watch: VolumeWatch
    let sessions: SessionBook
    let accounts: AccountBook
    let sharing: SharingBook
    let clock: any HostClock
    let limits: HostLimits
    let reserve: DiskReserve
    /// How long grains stay in the trash.
    let trashLifetime: Duration
    let failedStarts: FailedStarts
    let audit: AuditBook
    let log: HostLog

    private var tags: TagBook { TagBook(records: records, sharing: sharing) }

    // MARK: Reading

    func list(for account: AccountID) async throws(HostError) -> GrainList {
        var list = GrainList(), summaries = await summaries()
        let words = try await tags.words(of: account)
        try await records.forEachKept(try await records.grains(behind: .ownedPrefix(account))) {
            (record) throws(HostError) in
            guard var summary = try await summaries.summary(of: record) else { return }
            summary.apply(words[record.grain])
            if summary.expires == nil { list.grains.append(summary) } else { list.discarded.append(summary) }
        }
        for record in try await sharing.shared(with: account) {
            guard var summary = try await summaries.summary(of: record) else { continue }
            summary.isOwned = false
            summary.apply(words[record.grain])
            list.grains.append(summary)
        }
        list.grains = GrainBook.lastUsedFirst(list.grains)
        list.discarded = GrainBook.firstToGoFirst(list.discarded)
        return list
    }

    /// What is in somebody's trash, as ``list(for:)`` has it.
    func discarded(of account: AccountID) async throws(HostError) -> [GrainSummary] {
        var discarded: [GrainSummary] = [], summaries = await summaries()
        let words = try await tags.words(of: account)
        try await records.forEachKept(try await records.grains(behind: .ownedPrefix(account))) {
            (record) throws(HostError) in
            guard record.discarded != nil, var summary = try await summaries.summary(of: record) else { return }
            summary.apply(words[record.grain])
            discarded.append(summary)
        }
        return GrainBook.firstToGoFirst(discarded)
    }

    private static func firstToGoFirst(_ discarded: [GrainSummary]) -> [GrainSummary] {
        discarded.sorted { ($0.expires ?? 0, $0.identifier.text) < ($1.expires ?? 0, $1.identifier.text) }
    }

    /// Positions are sorted, because summaries are large to move about.
    static func lastUsedFirst(_ grains: [GrainSummary]) -> [GrainSummary] {
        grains.indices.sorted {
            (grains[$0].lastUsed, grains[$0].identifier.text) > (grains[$1].lastUsed, grains[$1].identifier.text)
        }.map { grains[$0] }
    }

    func grain(_ grain: GrainID, for account: AccountID) async throws(HostError) -> GrainSummary {
        guard let record = try await records.grain(grain), try await sharing.admits(account, to: grain),
            var summary = try await summary(of: record)
        else { throw try await missing(grain, for: account, "look at") }
        summary.isOwned = record.owner == account
        summary.apply(try await tags.words(of: grain, for: account))
        if summary.isOwned { summary.notice = await registry.known(grain)?.notice() }
        return summary
    }

    func log(of grain: GrainID, by account: AccountID, maximumBytes: Int) async throws(HostError) -> [UInt8] {
        _ = try await record(of: grain, for: account, to: "read the log of")
        return try await volumes.volume(for: grain)?.readLog(maximumBytes: maximumBytes) ?? []
    }

    /// - Throws: ``HostError`` `.notFound` also for somebody else's grain: nobody may know of it; `.gone` for one's own in the trash.
    func record(of grain: GrainID, for account: AccountID, to attempt: String) async throws(HostError) -> GrainRecord {
        guard let record = try await records.grain(grain), record.owner == account else {
            throw try await missing(grain, for: account, attempt)
        }
        return record
    }

    /// Why there is no such grain for somebody. Only its owner learns that it is in the trash.
    private func missing(
        _ grain: GrainID, for account: AccountID, _ attempt: String
    ) async throws(HostError) -> HostError {
        guard let record = try await records.keptGrain(grain), record.owner == account, record.discarded != nil else {
            return GrainBook.missing(grain, attempt)
        }
        return HostError(.gone, "\(attempt) grain '\(grain)': it is in the trash; take it out there first")
    }

    static func missing(_ grain: GrainID, _ attempt: String) -> HostError {
        HostError(.notFound, "\(attempt) grain '\(grain)': there is none of yours")
    }

    func summary(of record: GrainRecord) async throws(HostError) -> GrainSummary? {
        let life = await registry.known(record.grain)
        var summaries = GrainSummaries(grains: self, lives: life.map { [record.grain: $0] } ?? [:])
        return try await summaries.summary(of: record)
    }

    /// What makes the summaries of many grains.
    func summaries() async -> GrainSummaries { GrainSummaries(grains: self, lives: await registry.byGrain) }

    /// When a grain is removed for good, in seconds since 1970-01-01T00:00:00Z; nil for one that is not in the trash.
    func expiry(of record: GrainRecord) -> Int64? {
        record.discarded.map { $0.addingReportingOverflow(trashLifetime.components.seconds).partialValue }
    }

    // MARK: Making

    func create(
        package identifier: PackageID, action: Int, title: String?, by account: AccountID
    ) async throws(HostError) -> GrainSummary {
        let hold = await book.uses.hold(identifier)
        defer { hold.release() }
        guard let package = try await packages.package(identifier) else {
            throw HostError(.notFound, "make a grain: package '\(identifier)' is not installed")
        }
        guard package.manifest.actions.indices.contains(action) else {
            throw HostError(.notFound, "make a grain: app '\(package.manifest.title)' has no action \(action)")
        }
        guard try await !book.isUninstalled(package.app) else {
            throw HostError(
                .notFound,
                "make a grain: app '\(package.manifest.title)' was uninstalled; an administrator may install it again")
        }
        let command = package.manifest.actions[action].command
        try isolation.requireLoopback(for: command, of: package, to: "make a grain")
        let title = try GrainBook.checked(title ?? GrainBook.defaultTitle(package.manifest, action: action))
        try await requireRoom(for: account)
        // The record fits in what records have of the disk, and the grain could not start.
        try await reserve.require(to: "make a grain")
        try failedStarts.require(AppUse(app: package.app, owner: account), to: "make a grain")
        let record = GrainRecord(
            .random(), of: package, action: action, title: title, owner: account, now: clock.wallSeconds())
        try await store(record, app: package.app, owner: account)
        let life = try await registry.life(of: record.grain)
        do throws(HostError) {
            _ = try await life.whenRunning()
        } catch {
            // Its state says why; opening it says so too.
            log(.debug, "grain \(record.grain): \(error.message)")
        }
        return try await grain(record.grain, for: account)
    }

    /// - Throws: ``HostError`` `.permissionDenied` for guests, `.resourceExhausted` when the person may have no more grains.
    func requireRoom(for account: AccountID) async throws(HostError) {
        guard let person = try await accounts.account(account), person.role != .guest else {
            throw HostError(.permissionDenied, "make a grain: guests use what others share with them")
        }
        let count = try await records.count(prefix: .ownedPrefix(account), limit: limits.grainsPerAccount)
        guard count < limits.grainsPerAccount else {
            throw HostError(.resourceExhausted, "make a grain: you have \(count), which is the limit; remove some")
        }
    }

    /// "Untitled DokuWiki wiki" (specification, section 5.1).
    static func defaultTitle(_ manifest: AppManifest, action: Int) -> String {
        let noun = manifest.actions.indices.contains(action) ? manifest.actions[action].nounPhrase : ""
        let title = ["Untitled", manifest.title, noun].filter { !$0.isEmpty }.joined(separator: " ")
        return TextLine.stripped(title, maximumCharacters: maximumTitleCharacters)
    }

    /// Writes a new grain down. The caller holds its package.
    /// - Parameter also: What is written together with it.
    func store(
        _ record: GrainRecord, app: AppID, owner: AccountID, also: [RecordBatch.Write] = []
    ) async throws(HostError) {
        let batch = RecordBatch(
            conditions: [.absent(.grain(record.grain))],
            writes: [
                .put(.grain(record.grain), record.fields.encoded),
                .put(.owned(record.grain, by: owner), RecordFields().encoded),
                .put(.use(of: app, by: record.grain), RecordFields().encoded),
                audit.entry(.createGrain, by: .account(owner), on: record.grain.text, record.appTitle),
            ] + also)
        guard try await records.store.commit(batch) else {
            throw HostError(.alreadyExists, "make a grain: there is a grain '\(record.grain)' already; try again")
        }
    }

    // MARK: Changing

    func rename(_ grain: GrainID, to title: String, by account: AccountID) async throws(HostError) {
        guard let record = try await records.grain(grain) else {
            throw try await missing(grain, for: account, "rename")
        }
        guard record.owner == account else {
            let own = title.allSatisfy(\.isWhitespace) ? nil : try GrainBook.checked(title)
            return try await tags.setTitle(own == record.title ? nil : own, of: grain, by: account)
        }
        let title = try GrainBook.checked(title)
        try await records.update(.grain(grain)) { $0["title"] = title }
    }

    private static func checked(_ title: String) throws(HostError) -> String {
        try TextLine.checked(title, as: "a title", maximumCharacters: maximumTitleCharacters, for: "name a grain")
    }

    func stop(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        _ = try await record(of: grain, for: account, to: "stop")
        await registry.known(grain)?.stop()
    }

    func remove(_ grain: GrainID, by account: AccountID) async throws(HostError) {
        guard try await records.keptGrain(grain)?.owner == account else { throw GrainBook.missing(grain, "remove") }
        try await records.update(.grain(grain)) { $0["removed"] = "1" }
        await audit.note(.removeGrain, by: .account(account), on: grain.text)
        try await finishRemoval(of: grain)
    }

    /// All of a removal that follows the mark in its record; also after a crash in the middle of it.
    func finishRemoval(of grain: GrainID) async throws(HostError) {
        await sessions.closeAll(of: grain)
        await registry.remove(grain)
        try await volumes.remove(for: grain)
        var writes: [RecordBatch.Write] = []
        for prefix in [RecordKey.identityPrefix(grain), .tokenPrefix(grain), .activityPrefix(grain)] {
            try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
                writes.append(.delete(entry.key))
            }
        }
        writes += try await sharing.removal(of: grain)
        if let (fields, _) = try await records.read(.grain(grain)) {
            let record = GrainRecord(grain: grain, fields: fields)
            if let owner = record.owner {
                writes += [.delete(.owned(grain, by: owner)), .delete(.tags(of: grain, by: owner))]
            }
            if let app = record.app { writes.append(.delete(.use(of: app, by: grain))) }
            if let publicID = fields["public-id"] { writes.append(.delete(.publicID(publicID))) }
        }
        writes.append(.delete(.grain(grain)))
        _ = try await records.store.commit(RecordBatch(writes: writes))
        await book.collect()
    }
}
