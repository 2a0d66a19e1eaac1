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
    /// What each share has open, the oldest first.
    private var shares: [SessionShare: [OpenSession]] = [:]
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

    func open(_ grain: GrainID, as visitor: Visitor, at place: TabPlace) async throws(HostError) -> any GrainSession {
        var counted: [SessionShare] = [.host]
        if case .link = visitor, let address = place.clientAddress { counted.append(SessionShare(ofAddress: address)) }
        // A link for one use is not used up by a visit that there is no room for.
        _ = try whatGivesWay(to: grain, in: counted)
        let holder = try await holder(visitor, in: grain)
        let person = try await person(holder)
        let info = try await records.viewInfo(of: grain)
        guard try await sharing.permissions(of: holder, in: grain, info) != nil else {
            throw HostError(.notFound, "open grain '\(grain)': there is none of yours")
        }
        var identity: [UInt8] = []
        if case .account(let account) = holder { identity = try await self.identity(of: account, in: grain) }
        return try await open(
            grain, at: place.base, holder, person, identity, .web, counted: counted, lifetime: settings.sessionLifetime)
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
        let counted = [.host] + (remoteAddress.map { [SessionShare(ofAddress: $0)] } ?? [])
        let session = try await open(
            grain, at: "", .bearer(grant), person, identity, .api(remoteAddress: remoteAddress), counted: counted,
            lifetime: .seconds(120))
        sessionsOfPrograms[program] = session
        return session
    }

    /// An open session, as the kernel sees it.
    func openSession(_ identifier: SessionID) -> OpenSession? { sessions[identifier] }

    private func open(
        _ grain: GrainID, at base: String, _ holder: SharingBook.Holder, _ person: Account?, _ identity: [UInt8],
        _ kind: WebSessionParameters.Kind, counted: [SessionShare], lifetime: Duration
    ) async throws(HostError) -> OpenSession {
        let life = try await registry.life(of: grain)
        let now = clock.wallSeconds()
        try await records.update(.grain(grain)) { $0["used"] = String(now) }
        let counted = counted + [.holder(holder)]
        let leaving = try whatGivesWay(to: grain, in: counted)
        for session in leaving { forget(session.identifier) }
        let session = OpenSession(
            grain: grain, base: base, shares: counted, holder: holder, person: person, identity: identity, kind: kind,
            life: life, records: records, sharing: sharing, clock: clock, lifetime: lifetime
        ) { [weak self] session in await self?.forget(session) }
        for share in counted { shares[share, default: []].append(session) }
        sessions[session.identifier] = session
        counters.sessionsOpened.add(1, ordering: .relaxed)
        for session in leaving { await session.close() }
        await session.begin()
        return session
    }

    /// Sessions that nobody came back to, the oldest one of each share that is full.
    private func whatGivesWay(
        to grain: GrainID, in counted: [SessionShare]
    ) throws(HostError) -> [OpenSession] {
        var leaving: [OpenSession] = []
        for share in counted {
            let limit = share.limit(in: limits), open = shares[share] ?? []
            guard open.count >= limit else { continue }
            guard let unused = open.first(where: { !$0.isUsed }) else {
                throw HostError(
                    .resourceExhausted, "open grain '\(grain)': \(share.text(limit))", retryAfter: .seconds(60))
            }
            leaving.append(unused)
        }
        return leaving
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

    func grain(of session: SessionID) async throws(HostError) -> GrainSummary {
        guard let session = sessions[session], let desk else {
            throw HostError(.notFound, "look at a grain: its page is not open any more")
        }
        return try await desk.grain(session.grain, for: session.holder)
    }

    var count: Int { sessions.count }

    /// Closes every session of a grain that is being removed.
    func closeAll(of grain: GrainID) async {
        for session in sessions.values where session.grain == grain { await session.revoke() }
    }

    /// Closes the pages of other versions of grains that were moved to a package.
    func closePages(of grains: Set<GrainID>, unlessOf package: PackageID) async {
        for session in sessions.values where grains.contains(session.grain) {
            await session.close(unlessOf: package)
        }
    }

    /// Closes what an account has open in all its browsers: which of them left is not known here.
    func closeAll(of account: AccountID) async {
        for session in sessions.values where session.holder == .account(account) { await session.revoke() }
    }

    /// Closes every session.
    func closeAll() async {
        for session in sessions.values { await session.close() }
    }

    private func forget(_ identifier: SessionID) {
        guard let session = sessions.removeValue(forKey: identifier) else { return }
        sessionsOfPrograms = sessionsOfPrograms.filter { $0.value !== session }
        for share in session.shares {
            shares[share]?.removeAll { $0 === session }
            if shares[share]?.isEmpty == true { shares[share] = nil }
        }
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
