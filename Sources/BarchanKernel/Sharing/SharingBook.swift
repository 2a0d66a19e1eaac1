import Barchan
import Sharing

/// Who may do what in which grain: the records behind ``SharingGraph``.
///
/// Every change of a grain's grants counts up in the grain's own record, in the same batch. So whoever watches that record sees
/// the change, two changes at once exclude each other, and nothing is shared of a grain that is being removed.
struct SharingBook: Sendable {
    static let sharedGrainsPerAccount = 10_000
    static let maximumLabelCharacters = 200

    let records: RecordBook
    let accounts: AccountBook
    let clock: any HostClock
    let limits: HostLimits
    let cache = SharingCache()

    // MARK: What somebody has

    /// Who somebody is to a grain's grants.
    enum Holder: Hashable, Sendable {
        case account(AccountID)
        /// Somebody who got in by a link or a token.
        case bearer(GrantID)
    }

    /// What somebody may do, by position in the view info, or nil when they may not use the grain.
    func permissions(of holder: Holder, in grain: GrainID, _ info: ViewInfo) async throws(HostError) -> [Bool]? {
        guard let record = try await records.grain(grain), let graph = try await graph(of: record) else { return nil }
        let holdings = graph.holdings(at: clock.wallSeconds(), info)
        switch holder {
        case .account(let account):
            guard let person = try await accounts.account(account), !person.isSuspended else { return nil }
            return holdings.permissions(of: account)
        // A link that was good for one use stays good for the one who used it.
        case .bearer(let identifier):
            guard let grant = graph.grants[identifier] else { return nil }
            // A program acts in the name of the one who made its token.
            if case .program(false) = grant.recipient, case .account(let account) = grant.giver {
                guard try await accounts.account(account)?.isSuspended == false else { return nil }
            }
            return holdings.permissions(by: grant)
        }
    }

    /// The grains of others that somebody was given and may use.
    func shared(with account: AccountID) async throws(HostError) -> [GrainRecord] {
        let grains = try await records.grains(behind: .sharedPrefix(account))
        guard !grains.isEmpty, let person = try await accounts.account(account), !person.isSuspended else { return [] }
        var infos: [RecordKey: ViewInfo] = [:], shared: [GrainRecord] = []
        try await records.forEach(grains.map(RecordKey.viewInfo)) { (entry) throws(HostError) in
            infos[entry.key] = ViewInfo(try RecordFields(decoding: entry.value))
        }
        let now = clock.wallSeconds()
        try await records.forEachKept(grains) { (record) throws(HostError) in
            guard record.isUsable, record.owner != account, let graph = try await graph(of: record) else { return }
            let info = infos[.viewInfo(record.grain)] ?? ViewInfo()
            if graph.holdings(at: now, info).permissions(of: account) != nil { shared.append(record) }
        }
        return shared
    }

    func admits(_ account: AccountID, to grain: GrainID) async throws(HostError) -> Bool {
        try await permissions(of: .account(account), in: grain, records.viewInfo(of: grain)) != nil
    }

    /// Yields whenever the answer to ``permissions(of:in:_:)`` may have changed. Ends when its reader is cancelled.
    func changes(of grain: GrainID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let changes = records.store.changes(prefix: .grain(grain))
        let watching = Task {
            var expiring = Task { await tellExpiries(of: grain, continuation) }
            for await _ in changes {
                continuation.yield()
                expiring.cancel()
                expiring = Task { await tellExpiries(of: grain, continuation) }
            }
            expiring.cancel()
            continuation.finish()
        }
        continuation.onTermination = { _ in watching.cancel() }
        return stream
    }

    private func tellExpiries(of grain: GrainID, _ continuation: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled, let record = try? await records.grain(grain), let graph = try? await graph(of: record),
            let expiry = graph.nextExpiry(after: clock.wallSeconds())
        {
            await clock.sleep(for: .seconds(expiry - clock.wallSeconds()))
            continuation.yield()
        }
    }

    // MARK: Graphs

    /// Nil for a grain without an owner.
    func graph(of record: GrainRecord) async throws(HostError) -> SharingGraph? {
        guard let owner = record.owner else { return nil }
        guard let state = record.sharingState else { return SharingGraph(owner: owner) }
        if let known = await cache.graph(of: record.grain, state: state) { return known }
        let prefix = RecordKey.grantPrefix(record.grain)
        var graph = SharingGraph(owner: owner)
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let text = entry.key.text(after: prefix)
            guard let identifier = GrantID(text) else { return }
            graph.set(try Grant(identifier, RecordFields(decoding: entry.value)))
        }
        await cache.set(graph, of: record.grain, state: state)
        return graph
    }

    /// What a change writes besides the count.
    struct Change {
        var grants: [Grant] = []
        var writes: [RecordBatch.Write] = []
        var conditions: [RecordBatch.Condition] = []
        var owner: AccountID?
    }

    /// Changes a grain's grants. `body` is called again with the newer state when somebody else was faster.
    func change(
        _ grain: GrainID, to attempt: String,
        _ body: (GrainRecord, SharingGraph) async throws(HostError) -> Change
    ) async throws(HostError) {
        while let (fields, version) = try await records.read(.grain(grain)) {
            let record = GrainRecord(grain: grain, fields: fields)
            guard record.isUsable, let graph = try await graph(of: record) else { break }
            let change = try await body(record, graph)
            if change.grants.isEmpty && change.owner == nil { return }
            let changed = Set(change.grants.map(\.identifier))
            let dead = graph.deadTokens(at: clock.wallSeconds()).map(\.identifier).filter { !changed.contains($0) }
            let new = change.grants.count { graph.grants[$0.identifier] == nil }
            guard graph.grants.count - dead.count + new <= limits.grantsPerGrain else {
                throw HostError(
                    .resourceExhausted,
                    "\(attempt): the grain has \(limits.grantsPerGrain) links and people, which is the limit")
            }
            var after = fields
            after["sharing"] = String((record.sharingState ?? 0) + 1)
            if let owner = change.owner { after["owner"] = owner.text }
            let writes = change.grants.map {
                RecordBatch.Write.put(.grant($0.identifier, in: grain), $0.fields.encoded)
            }
            let batch = RecordBatch(
                conditions: [.version(.grain(grain), version)] + change.conditions,
                writes: [.put(.grain(grain), after.encoded)] + writes + change.writes
                    + (try await removal(of: dead, in: grain)))
            guard try await records.store.commit(batch) else { continue }
            var newer = graph
            newer.owner = change.owner ?? graph.owner
            for grant in change.grants { newer.set(grant) }
            for grant in dead { newer.remove(grant) }
            return await cache.set(newer, of: grain, state: (record.sharingState ?? 0) + 1)
        }
        throw HostError(.notFound, "\(attempt): there is no such grain")
    }

    /// Tokens that are over, with what leads to them.
    private func removal(of grants: [GrantID], in grain: GrainID) async throws(HostError) -> [RecordBatch.Write] {
        var writes: [RecordBatch.Write] = []
        for grant in grants {
            writes.append(.delete(.grant(grant, in: grain)))
            try await records.forEach(prefix: .grantTokenIndex(grant, in: grain)) { (entry) throws(HostError) in
                writes += [.delete(entry.key), .delete(RecordKey(bytes: entry.value))]
            }
        }
        return writes
    }

    /// Everything that a grain's sharing left, for the batch that removes the grain.
    func removal(of grain: GrainID) async throws(HostError) -> [RecordBatch.Write] {
        var writes: [RecordBatch.Write] = [.delete(.viewInfo(grain))]
        let prefix = RecordKey.grantPrefix(grain)
        try await records.forEach(prefix: prefix) { (entry) throws(HostError) in
            let fields = try RecordFields(decoding: entry.value)
            writes.append(.delete(entry.key))
            if let text = fields["to"], text.hasPrefix("account "), let account = AccountID(String(text.dropFirst(8))) {
                writes += [.delete(.shared(grain, with: account)), .delete(.tags(of: grain, by: account))]
            }
        }
        try await records.forEach(prefix: .grantTokenIndexPrefix(grain)) { (entry) throws(HostError) in
            writes.append(.delete(entry.key))
            writes.append(.delete(RecordKey(bytes: entry.value)))
        }
        return writes
    }
}

/// The graphs of grains that were asked about lately.
actor SharingCache {
    private static let maximumCount = 256
    private var graphs: [GrainID: (state: Int64, graph: SharingGraph)] = [:]

    func graph(of grain: GrainID, state: Int64) -> SharingGraph? {
        guard let known = graphs[grain], known.state == state else { return nil }
        return known.graph
    }

    func set(_ graph: SharingGraph, of grain: GrainID, state: Int64) {
        if graphs.count >= SharingCache.maximumCount { graphs = [:] }
        graphs[grain] = (state, graph)
    }
}

extension GrainRecord {
    /// Counts the changes of the grain's grants and its owner; nil before the first.
    var sharingState: Int64? { fields.integer("sharing") }
}

extension RecordKey {
    /// Where the token of a grant is looked up: its value is that record's key.
    static func grantTokenIndex(_ grant: GrantID, in grain: GrainID) -> RecordKey {
        RecordKey("grant-token-of/\(grain)/\(grant)")
    }
    static func grantTokenIndexPrefix(_ grain: GrainID) -> RecordKey { RecordKey("grant-token-of/\(grain)/") }
}
