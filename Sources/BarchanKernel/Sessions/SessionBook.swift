import Barchan

/// Open tabs. They live in memory only: after a restart of the host every tab opens a new one.
actor SessionBook: SessionDirectory {
    private let records: RecordBook
    private let accounts: AccountBook
    private let sharing: SharingBook
    private let registry: GrainRegistry
    private let clock: any HostClock
    private let settings: LifeSettings
    private let limits: HostLimits
    private let counters: HostCounters
    private let log: HostLog

    private var sessions: [SessionID: OpenSession] = [:]
    private var countByHolder: [SharingBook.Holder: Int] = [:]
    /// Of programs, by token and address.
    private var sessionsOfPrograms: [Program: OpenSession] = [:]
    /// Set once, before anybody is let in by a link.
    private var desk: SharingDesk?

    init(
        records: RecordBook, accounts: AccountBook, sharing: SharingBook, registry: GrainRegistry, clock: any HostClock,
        configuration: HostConfiguration, counters: HostCounters,
        log: HostLog
    ) {
        self.records = records
        self.accounts = accounts
        self.sharing = sharing
        self.registry = registry
        self.clock = clock
        settings = configuration.life
        limits = configuration.limits
        self.counters = counters
        self.log = log
    }

    func open(_ grain: GrainID, as visitor: Visitor) async throws(HostError) -> any GrainSession {
        let holder = try await holder(visitor, in: grain)
        let person = try await person(holder)
        let info = try await records.viewInfo(of: grain)
        guard try await sharing.permissions(of: holder, in: grain, info) != nil else {
            throw HostError(.notFound, "open grain '\(grain)': there is none of yours")
        }
        var identity: [UInt8] = []
        if case .account(let account) = holder { identity = try await self.identity(of: account, in: grain) }
        return try await open(grain, holder, person, identity, .web, lifetime: settings.sessionLifetime)
    }

    private struct Program: Hashable {
        let grant: GrantID
        let remoteAddress: [UInt8]?
    }

    /// The session of a program, opened when there is none: two minutes without requests end it (specification, 6.3).
    /// - Parameter account: Whom the app sees, nil for somebody anonymous.
    func openForProgram(
        _ grant: GrantID, in grain: GrainID, as account: AccountID?, remoteAddress: [UInt8]?
    ) async throws(HostError) -> any GrainSession {
        let program = Program(grant: grant, remoteAddress: remoteAddress)
        if let open = sessionsOfPrograms[program] { return open }
        var person: Account?, identity: [UInt8] = []
        if let account {
            person = try await accounts.account(account)
            identity = try await self.identity(of: account, in: grain)
        }
        // Of several who ask at once, the first one's is everybody's.
        if let open = sessionsOfPrograms[program] { return open }
        let session = try await open(
            grain, .bearer(grant), person, identity, .api(remoteAddress: remoteAddress), lifetime: .seconds(120))
        sessionsOfPrograms[program] = session
        return session
    }

    /// An open session, as the kernel sees it.
    func openSession(_ identifier: SessionID) -> OpenSession? { sessions[identifier] }

    private func open(
        _ grain: GrainID, _ holder: SharingBook.Holder, _ person: Account?, _ identity: [UInt8],
        _ kind: WebSessionParameters.Kind, lifetime: Duration
    ) async throws(HostError) -> OpenSession {
        let life = try await registry.life(of: grain)
        let now = clock.wallSeconds()
        try await records.update(.grain(grain)) { $0["used"] = String(now) }
        guard countByHolder[holder, default: 0] < limits.sessionsPerAccount else {
            throw HostError(
                .resourceExhausted,
                "open grain '\(grain)': \(limits.sessionsPerAccount) tabs are open already; close some")
        }
        let session = OpenSession(
            grain: grain, holder: holder, person: person, identity: identity, kind: kind, life: life,
            records: records, sharing: sharing, clock: clock, lifetime: lifetime
        ) { [weak self] session in await self?.forget(session, of: holder) }
        countByHolder[holder, default: 0] += 1
        sessions[session.identifier] = session
        counters.sessionsOpened.add(1, ordering: .relaxed)
        await session.begin()
        return session
    }

    /// How links let people in; known only once there is a desk.
    func admitByLinks(of desk: SharingDesk) { self.desk = desk }

    private func holder(_ visitor: Visitor, in grain: GrainID) async throws(HostError) -> SharingBook.Holder {
        switch visitor {
        case .account(let account): return .account(account)
        case .link(let secret):
            guard let admitted = try await desk?.admit(by: secret), admitted.grain == grain else {
                throw HostError(.notFound, "open grain '\(grain)': the link is of no use here")
            }
            return .bearer(admitted.grant)
        @unknown default: throw HostError(.unsupported, "open a grain: this host does not know such visitors")
        }
    }

    private func person(_ holder: SharingBook.Holder) async throws(HostError) -> Account? {
        guard case .account(let account) = holder else { return nil }
        return try await accounts.account(account)
    }

    func session(_ identifier: SessionID) async -> (any GrainSession)? { sessions[identifier] }

    var count: Int { sessions.count }

    /// Closes every session of a grain that is being removed.
    func closeAll(of grain: GrainID) async {
        for session in sessions.values where session.grain == grain { await session.revoke() }
    }

    /// Closes what an account has open in all its browsers: which of them left is not known here.
    func closeAll(of account: AccountID) async {
        for session in sessions.values where session.holder == .account(account) { await session.revoke() }
    }

    /// Closes every session.
    func closeAll() async {
        for session in sessions.values { await session.close() }
    }

    private func forget(_ session: SessionID, of holder: SharingBook.Holder) {
        guard sessions.removeValue(forKey: session) != nil else { return }
        sessionsOfPrograms = sessionsOfPrograms.filter { $0.value.identifier != session }
        let left = countByHolder[holder, default: 1] - 1
        countByHolder[holder] = left == 0 ? nil : left
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
