import Barchan
import Synchronization

/// One grain open in one tab.
actor OpenSession: DirectGrainSession {
    nonisolated let identifier = SessionID.random()
    nonisolated let secret = Secret.random()
    nonisolated let grain: GrainID
    nonisolated let base: String
    /// Where it counts.
    nonisolated let shares: [SessionShare]

    nonisolated let holder: SharingBook.Holder
    /// Nil for somebody anonymous.
    private let person: Account?
    private let identity: [UInt8]
    private let kind: WebSessionParameters.Kind
    private let life: GrainLife
    private let records: RecordBook
    private let sharing: SharingBook
    private nonisolated let clock: any HostClock
    private let lifetime: Duration
    private let forget: @Sendable (SessionID) async -> Void
    /// The same for every web session of the tab.
    private let tabID: [UInt8]

    /// What requests need to know that do not come through the actor.
    private struct Presence {
        var isClosed = false
        /// Whether its browser, or its program, has ever come back.
        var isUsed: Bool
        var lastSeen: Duration
        var streams: [ObjectIdentifier: CutReader] = [:]
        /// The web session once the app has answered over it.
        var direct: (running: RunningGrain, session: any DirectWebSession)?
    }

    private nonisolated let presence: Mutex<Presence>
    private var expiry: Task<Void, Never>?
    private var watching: Task<Void, Never>?
    /// What the app was told that the visitor may do, and of which permissions it was said.
    private var granted: (permissions: [Bool], info: ViewInfo)?
    private var current: (running: RunningGrain, opening: Task<Result<any WebSession, HostError>, Never>)?
    private var hasAnswered = false
    /// What the grain ran when the tab was opened. Its pages know nothing of another version; nil for a program.
    private var package: PackageID?

    init(
        grain: GrainID, base: String, shares: [SessionShare], holder: SharingBook.Holder, person: Account?,
        identity: [UInt8], kind: WebSessionParameters.Kind, life: GrainLife,
        records: RecordBook, sharing: SharingBook, clock: any HostClock, lifetime: Duration,
        forget: @escaping @Sendable (SessionID) async -> Void
    ) {
        self.grain = grain
        self.base = base
        self.shares = shares
        self.holder = holder
        self.person = person
        self.identity = identity
        self.kind = kind
        self.life = life
        self.records = records
        self.sharing = sharing
        self.clock = clock
        self.lifetime = lifetime
        self.forget = forget
        // A program has asked already when it gets a session.
        presence = Mutex(Presence(isUsed: kind != .web, lastSeen: clock.now()))
        var generator = SystemRandomNumberGenerator()
        tabID = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Holds the grain and begins to start it: the browser comes back in a moment.
    func begin() async {
        await life.attach(identifier)
        expiry = Task { await closeWhenSilent() }
        let changes = sharing.changes(of: grain)
        watching = Task { [weak self] in
            for await _ in changes { await self?.closeWhenChanged() }
        }
        Task { [life] in _ = try? await life.whenRunning() }
    }

    // MARK: GrainSession

    var state: GrainState { get async { await life.state } }

    func keepAlive() async throws(HostError) { try touch() }

    func note(_ line: String) async { await life.note(line) }

    func close() async {
        let wasClosed = presence.withLock { presence in
            defer { presence.isClosed = true }
            presence.direct = nil
            return presence.isClosed
        }
        guard !wasClosed else { return }
        expiry?.cancel()
        watching?.cancel()
        await forget(identifier)
        await life.detach(identifier)
        if case .success(let session) = await current?.opening.value { await session.close() }
        current = nil
    }

    /// Closes a page of another version of the app than the one that the grain is of now: it is to be opened again.
    func close(unlessOf package: PackageID) async {
        if let own = self.package, own != package { await close() }
    }

    /// Closes the session because its visitor may not use it any more: what is under way ends, too.
    func revoke() async {
        let streams = presence.withLock { presence in
            presence.direct = nil
            return Array(presence.streams.values)
        }
        for stream in streams { stream.cut() }
        await close()
    }

    func send(_ request: WebRequest, from client: WebClient) async throws(HostError) -> WebResponse {
        try await attempt(canRepeat: request.isSafe, from: client) { (session, running) throws(HostError) in
            self.tracked(try await session.send(request), of: running)
        }
    }

    func openWebSocket(
        _ request: WebSocketRequest, from client: WebClient, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        var response = try await attempt(canRepeat: false, from: client) { (session, _) throws(HostError) in
            try await session.openWebSocket(request, incoming: incoming)
        }
        // It may stay open for ever: nobody waits for its end.
        response.outgoing = tracked(response.outgoing) {}
        return response
    }

    // MARK: Requests

    /// Asks the app, starting the grain when it is not running.
    ///
    /// A grain that goes away before it answers is asked again once, when asking twice does no harm and it had not just failed
    /// to start. A session of a grain known to be gone is replaced before anything is sent, whatever the method.
    private func attempt<Answer: Sendable>(
        canRepeat: Bool, from client: WebClient,
        _ ask: @Sendable (any WebSession, RunningGrain) async throws(HostError) -> Answer
    ) async throws(HostError) -> Answer {
        for isLast in [!canRepeat, true] {
            try touch()
            let (running, session) = try await webSession(for: client)
            // Before it is looked whether the grain ends, so that its end waits for this one or this one for its end.
            let open = running.openRequests.begin()
            defer { open.end() }
            guard !running.isEnding.load(ordering: .acquiring) else { continue }
            running.requests.add(1, ordering: .relaxed)
            do throws(HostError) {
                let answer = try await ask(session, running)
                running.hasAnswered.store(true, ordering: .relaxed)
                try await noteAnswer()
                noteDirect(session, running)
                return answer
            } catch {
                guard error.code == .disconnected else { throw error }
                let crash = await lose(running)
                if isLast || crash?.hasFailedToStart == true { throw crash?.error ?? error }
            }
        }
        throw HostError(.disconnected, "ask grain '\(grain)': it went away")
    }

    /// The web session with the grain as it runs now.
    private func webSession(for client: WebClient) async throws(HostError) -> (RunningGrain, any WebSession) {
        // Opening sends no request of the browser's, so trying twice is harmless.
        for isLast in [false, true] {
            var running = try await life.whenRunning()
            // Its end may have begun in the moment in which it was handed out.
            if running.isEnding.load(ordering: .acquiring) { running = try await life.whenRunning() }
            guard !isClosed else { throw closed }
            if let package, package != running.package {
                await close()
                throw closed
            }
            if isPage { package = running.package }
            let opening: Task<Result<any WebSession, HostError>, Never>
            if let current, current.running === running {
                opening = current.opening
            } else {
                opening = open(running, for: client)
                current = (running, opening)
            }
            switch await opening.value {
            case .success(let session): return (running, session)
            case .failure(let error):
                let crash = await lose(running)
                guard error.code == .disconnected else { throw error }
                if isLast || crash?.hasFailedToStart == true { throw crash?.error ?? error }
            }
        }
        throw closed
    }

    private func open(_ running: RunningGrain, for client: WebClient) -> Task<Result<any WebSession, HostError>, Never>
    {
        Task {
            do throws(HostError) {
                let permissions = try await grant(of: running.viewInfo)
                var parameters = WebSessionParameters(
                    user: user(permissions, client), basePath: client.basePath, userAgent: client.userAgent,
                    acceptableLanguages: client.acceptableLanguages, tabID: tabID)
                parameters.kind = kind
                return .success(try await running.connection.openWebSession(parameters))
            } catch {
                return .failure(error)
            }
        }
    }

    /// What the visitor may do now; closed when that changes later.
    private func grant(of info: ViewInfo) async throws(HostError) -> [Bool] {
        guard let permissions = try await sharing.permissions(of: holder, in: grain, info) else { throw closed }
        granted = (permissions, info)
        // A change between the answer and this line was told before there was anything to compare.
        await closeWhenChanged()
        guard !isClosed else { throw closed }
        return permissions
    }

    /// A person as the app sees them (specification, section 6.6).
    private func user(_ permissions: [Bool], _ client: WebClient) -> UserInfo {
        guard let person else {
            return UserInfo(
                displayName: "Anonymous User", preferredHandle: "anonymous", identityID: [], permissions: permissions)
        }
        let picture = person.picture ?? "identicon/\(Hexadecimal.text(Array(identity.prefix(16))))"
        return UserInfo(
            displayName: person.displayName, preferredHandle: person.handle, identityID: identity,
            pictureURL: client.pictureBase.isEmpty ? "" : "\(client.pictureBase)/\(picture)?s=256",
            pronouns: person.pronouns, permissions: permissions)
    }

    /// Closes the session when its visitor may not use the grain any more, or may do something else than the app was told.
    private func closeWhenChanged() async {
        guard !isClosed else { return }
        let now: [Bool]?
        do throws(HostError) {
            let info = if let granted { granted.info } else { try await records.viewInfo(of: grain) }
            now = try await sharing.permissions(of: holder, in: grain, info)
        } catch {
            // What cannot be looked up is not allowed.
            now = nil
        }
        if now == nil || granted.map({ $0.permissions != now }) == true { await revoke() }
    }

    /// Forgets the web session with a grain that did not answer.
    /// - Returns: How the grain ended, if that is known.
    private func lose(_ running: RunningGrain) async -> GrainCrash? {
        presence.withLock { if $0.direct?.running === running { $0.direct = nil } }
        if let current, current.running === running { self.current = nil }
        return await life.settle(running)
    }

    /// From now on the grain starts with its continue command.
    private func noteAnswer() async throws(HostError) {
        guard !hasAnswered else { return }
        hasAnswered = true
        try await records.update(.grain(grain)) { $0["answered"] = "1" }
    }

    // MARK: Requests that do not come through the actor

    private func noteDirect(_ session: any WebSession, _ running: RunningGrain) {
        guard current?.running === running, let session = session as? any DirectWebSession else { return }
        presence.withLock { if !$0.isClosed { $0.direct = (running, session) } }
    }

    nonisolated var loop: (any HostLoop)? { presence.withLock { $0.direct?.session }?.loop }

    nonisolated func begin(
        _ request: WebRequest, from client: @escaping @Sendable () -> WebClient,
        _ completion: @escaping @Sendable (Result<WebResponse, HostError>) -> Void
    ) -> (any PendingRequest)? {
        let now = clock.now()
        let direct = presence.withLock { presence in
            if presence.direct != nil { presence.lastSeen = now }
            return presence.direct
        }
        guard let (running, session) = direct else { return nil }
        // As in `attempt`.
        let open = running.openRequests.begin()
        guard !running.isEnding.load(ordering: .acquiring) else { return nil }
        let pending = session.begin(request) { result in
            defer { open.end() }
            switch result {
            case .success(let response): completion(.success(self.tracked(response, of: running)))
            case .failure(let error) where error.code == .disconnected:
                Task { completion(await self.repeated(request, from: client(), after: error, lost: running)) }
            case .failure: completion(result)
            }
        }
        if pending != nil { running.requests.add(1, ordering: .relaxed) }
        return pending
    }

    /// The grain went away before it answered.
    private func repeated(
        _ request: WebRequest, from client: WebClient, after error: HostError, lost running: RunningGrain
    ) async -> Result<WebResponse, HostError> {
        let crash = await lose(running)
        guard request.isSafe, crash?.hasFailedToStart != true else { return .failure(crash?.error ?? error) }
        do throws(HostError) {
            return .success(
                try await attempt(canRepeat: false, from: client) { (session, running) throws(HostError) in
                    self.tracked(try await session.send(request), of: running)
                })
        } catch { return .failure(error) }
    }

    // MARK: Life of the tab

    private var isClosed: Bool { presence.withLock(\.isClosed) }
    nonisolated var isUsed: Bool { presence.withLock(\.isUsed) }

    private var isPage: Bool { if case .web = kind { true } else { false } }

    private var closed: HostError { HostError(.notFound, "use a session: it is closed; open the grain again") }

    private func touch() throws(HostError) {
        let now = clock.now()
        let isOpen = presence.withLock { presence in
            guard !presence.isClosed else { return false }
            presence.isUsed = true
            presence.lastSeen = now
            return true
        }
        guard isOpen else { throw closed }
    }

    private func closeWhenSilent() async {
        while !isClosed {
            let (hasStreams, lastSeen) = presence.withLock { (!$0.streams.isEmpty, $0.lastSeen) }
            let left = hasStreams ? lifetime : lifetime - (clock.now() - lastSeen)
            guard left > .zero else { break }
            await clock.sleep(for: left)
            if Task.isCancelled { return }
        }
        await close()
    }

    // MARK: Streams

    /// A long download keeps its tab and so its grain (specification, section 6.3).
    private nonisolated func tracked(_ response: WebResponse, of running: RunningGrain) -> WebResponse {
        guard case .content(let status, var content) = response.outcome,
            case .stream(let reader, let length) = content.body
        else {
            return response
        }
        let open = running.openRequests.begin()
        content.body = .stream(tracked(reader) { open.end() }, length: length)
        var response = response
        response.outcome = .content(status: status, content)
        return response
    }

    private nonisolated func tracked(
        _ reader: any ByteReader, atEnd: @escaping @Sendable () -> Void
    ) -> any ByteReader {
        let cut = CutReader(reader), identifier = ObjectIdentifier(cut)
        let isClosed = presence.withLock { presence in
            presence.streams[identifier] = cut
            return presence.isClosed
        }
        // It was closed while the app answered.
        if isClosed { cut.cut() }
        return TrackedReader(cut) { [weak self] in
            self?.streamEnded(identifier)
            atEnd()
        }
    }

    private nonisolated func streamEnded(_ identifier: ObjectIdentifier) {
        let now = clock.now()
        presence.withLock { presence in
            presence.lastSeen = now
            presence.streams[identifier] = nil
        }
    }
}

extension WebRequest {
    /// Whether asking a second time changes nothing that the first did not.
    var isSafe: Bool {
        guard case .none = body else { return false }
        switch method {
        case .get, .head, .options, .propfind, .report: return true
        default: return false
        }
    }
}
