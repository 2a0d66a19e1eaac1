import Barchan

/// Open tabs. They live in memory only: after a restart of the host every tab opens a new one.
actor SessionBook: SessionDirectory {
    private let records: RecordBook
    private let accounts: AccountBook
    private let registry: GrainRegistry
    private let clock: any HostClock
    private let settings: LifeSettings
    private let limits: HostLimits
    private let counters: HostCounters
    private let log: HostLog

    private var sessions: [SessionID: OpenSession] = [:]
    private var countByAccount: [AccountID: Int] = [:]

    init(
        records: RecordBook, accounts: AccountBook, registry: GrainRegistry, clock: any HostClock,
        configuration: HostConfiguration, counters: HostCounters,
        log: HostLog
    ) {
        self.records = records
        self.accounts = accounts
        self.registry = registry
        self.clock = clock
        settings = configuration.life
        limits = configuration.limits
        self.counters = counters
        self.log = log
    }

    func open(_ grain: GrainID, by account: AccountID) async throws(HostError) -> any GrainSession {
        guard let record = try await records.grain(grain), record.owner == account,
            let person = try await accounts.account(account)
        else {
            throw HostError(.notFound, "open grain '\(grain)': there is none of yours")
        }
        let identity = try await identity(of: account, in: grain)
        let life = try await registry.life(of: grain)
        let now = clock.wallSeconds()
        try await records.update(.grain(grain)) { $0["used"] = String(now) }
        guard countByAccount[account, default: 0] < limits.sessionsPerAccount else {
            throw HostError(
                .resourceExhausted,
                "open grain '\(grain)': \(limits.sessionsPerAccount) tabs are open already; close some")
        }
        let session = OpenSession(
            grain: grain, person: person, identity: identity, life: life, records: records, clock: clock,
            lifetime: settings.sessionLifetime
        ) { [weak self] session in await self?.forget(session, of: account) }
        countByAccount[account, default: 0] += 1
        sessions[session.identifier] = session
        counters.sessionsOpened.add(1, ordering: .relaxed)
        await session.begin()
        return session
    }

    func session(_ identifier: SessionID) async -> (any GrainSession)? { sessions[identifier] }

    var count: Int { sessions.count }

    /// Closes every session of a grain that is being removed.
    func closeAll(of grain: GrainID) async {
        for session in sessions.values where session.grain == grain { await session.close() }
    }

    /// Closes every session.
    func closeAll() async {
        for session in sessions.values { await session.close() }
    }

    private func forget(_ session: SessionID, of account: AccountID) {
        guard sessions.removeValue(forKey: session) != nil else { return }
        let left = countByAccount[account, default: 1] - 1
        countByAccount[account] = left == 0 ? nil : left
    }

    /// What an app knows a person by: random, different in every grain, the same for ever (specification, section 6.6).
    private func identity(of account: AccountID, in grain: GrainID) async throws(HostError) -> [UInt8] {
        let key = RecordKey.identity(of: account, in: grain)
        if let record = try await records.store.read(key) { return record.value }
        var generator = SystemRandomNumberGenerator()
        let fresh = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let batch = RecordBatch(
            conditions: [.absent(key), .version(.grain(grain), try await version(of: grain))],
            writes: [.put(key, fresh)])
        if try await records.store.commit(batch) { return fresh }
        // Another tab was faster, or the grain's record changed: look again.
        return try await identity(of: account, in: grain)
    }

    private func version(of grain: GrainID) async throws(HostError) -> UInt64 {
        guard let record = try await records.store.read(.grain(grain)) else {
            throw HostError(.notFound, "open grain '\(grain)': it was removed")
        }
        return record.version
    }
}
