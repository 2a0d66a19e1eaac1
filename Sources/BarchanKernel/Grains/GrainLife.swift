import Barchan

/// One grain between its first start and its removal: starts it when somebody needs it, stops it when nobody does.
///
/// A grain that nobody needs is frozen for a while before it is ended, where its sandbox can do that. To everybody but this
/// type a frozen grain is a stopped one: nothing runs in it, and what it uses was written down.
actor GrainLife {
    private enum Phase {
        case stopped
        /// The task ends with the error when the grain did not start.
        case starting(Task<HostError?, Never>)
        case running(RunningGrain)
        /// On the way to being frozen, or back to running.
        case changing(Task<Void, Never>)
        case frozen(RunningGrain)
        case stopping(Task<Void, Never>)
        case crashed(reason: String)
        case removed
    }

    /// More of them mean that the back end does not get better by being started again.
    private static let launchesOfStart = 3

    let grain: GrainID
    private let starter: GrainStarter
    private let makeServices: @Sendable (GrainID, WakeLocks) -> GrainServices
    private let running: RunningCount
    private let frozen: FrozenGrains
    private let clock: any HostClock
    private let settings: LifeSettings
    private let counters: HostCounters
    private let log: HostLog

    private var phase = Phase.stopped
    private var lastFailure: (error: HostError, time: Duration)?
    private var startedAt = Duration.zero
    private var sessions: Set<SessionID> = []
    private var wasVisited = false
    private var idleTimer: Task<Void, Never>?
    /// What the grain is to everybody while it is held still.
    private var stillState: GrainState?

    init(
        grain: GrainID, starter: GrainStarter, running: RunningCount, frozen: FrozenGrains,
        clock: any HostClock,
        settings: LifeSettings, counters: HostCounters, log: HostLog,
        services: @escaping @Sendable (GrainID, WakeLocks) -> GrainServices
    ) {
        self.grain = grain
        self.starter = starter
        makeServices = services
        self.running = running
        self.frozen = frozen
        self.clock = clock
        self.settings = settings
        self.counters = counters
        // What every message here is about.
        self.log = HostLog { level, text, fields in log(level, text, [KeyValue("grain", grain.text)] + fields) }
    }

    var state: GrainState {
        switch phase {
        case .stopped, .removed, .stopping, .frozen: .stopped
        case .starting: .starting
        case .running: .running
        case .changing: stillState ?? .running
        case .crashed(let reason): .crashed(reason: reason)
        }
    }

    var isFrozen: Bool { if case .frozen = phase { true } else { false } }

    /// What lists show of a grain.
    struct Glimpse: Sendable {
        var state = GrainState.stopped
        var isFrozen = false
        /// As ``GrainLife/present``.
        var present: RunningGrain?
        /// As ``GrainLife/runningGrain``.
        var running: RunningGrain?
    }

    /// All of it in one step.
    var glimpse: Glimpse {
        Glimpse(state: state, isFrozen: isFrozen, present: present, running: runningGrain)
    }

    /// What the grain is in memory with, frozen or not.
    var present: RunningGrain? {
        switch phase {
        case .running(let running), .frozen(let running): running
        default: nil
        }
    }

    /// What its owner should know of the limits of the running grain.
    func notice() async -> String? {
        guard case .running(let running) = phase else { return nil }
        return await running.notice(now: clock.now())
    }

    /// Why the grain runs although nobody may be looking.
    var wakeReasons: [String] {
        guard case .running(let running) = phase else { return [] }
        return running.wakeLocks.captions
    }

    /// A person wants the grain to sleep when nobody looks at it, whatever its app says.
    func cancelWakeLocks() {
        if case .running(let running) = phase { running.wakeLocks.cancelAll() }
    }

    /// Puts a line of the host's into the grain's log.
    func note(_ line: String) async {
        if let present { return present.note(line) }
        do throws(HostError) {
            try await starter.volumes.volume(for: grain)?.appendToLog(Array("\(line)\n".utf8))
        } catch {
            log(.warning, error.message)
        }
    }

    // MARK: Starting

    /// The grain, running; started when it is not. Everybody who asks meanwhile gets the same start.
    func whenRunning() async throws(HostError) -> RunningGrain {
        // One turn per phase on the way; more of them mean that somebody stops the grain again and again.
        for _ in 0..<8 {
            switch phase {
            case .running(let running): return running
            case .removed: throw HostError(.notFound, "open grain '\(grain)': it was removed")
            case .stopped, .crashed: try beginStart()
            case .stopping(let task), .changing(let task): await task.value
            case .frozen(let frozen): try beginThaw(frozen)
            case .starting(let task):
                if let error = await task.value { throw error }
            }
        }
        throw HostError(.disconnected, "open grain '\(grain)': it was stopped meanwhile; try again")
    }

    private func beginStart() throws(HostError) {
        if let lastFailure, clock.now() - lastFailure.time < settings.restartPause { throw lastFailure.error }
        try running.take(for: grain)
        lastFailure = nil
        wasVisited = !sessions.isEmpty
        phase = .starting(Task { await start() })
    }

    private func start() async -> HostError? {
        do throws(HostError) {
            let begun = clock.now()
            let started = try await launchAgainWhenLost()
            counters.grainStarts.add(1, ordering: .relaxed)
            startedAt = clock.now()
            counters.startTimes.note(startedAt - begun)
            phase = .running(started)
            watch(started)
            armIdleTimer()
            log(.info, "grain \(grain) runs")
            return nil
        } catch {
            running.release()
            // Stopped while it started: that is no crash, and nobody who waits starts it again.
            guard error.code != .cancelled else {
                phase = .stopped
                return error
            }
            counters.failedStarts.add(1, ordering: .relaxed)
            lastFailure = (error, clock.now())
            phase = .crashed(reason: error.message)
            log(.warning, "grain \(grain) did not start: \(error.message)")
            return error
        }
    }

    /// A start that the back end lost is no fault of the app's: it is made again at once.
    private func launchAgainWhenLost() async throws(HostError) -> RunningGrain {
        var losses = 0
        while true {
            do throws(HostError) {
                return try await launch()
            } catch {
                guard error.code == .disconnected else { throw error }
                guard !Task.isCancelled else {
                    throw HostError(.cancelled, "start grain '\(grain)': it was stopped meanwhile")
                }
                losses += 1
                log(.info, "a start of grain \(grain) was lost: \(error.message)")
                guard losses < GrainLife.launchesOfStart else {
                    throw HostError(
                        .failed,
                        "\(error.message); that was so \(losses) times in a row, and the host's log may say why")
                }
            }
        }
    }

    private func launch() async throws(HostError) -> RunningGrain {
        let wakeLocks = WakeLocks(maximumCount: settings.wakeLocks) { [weak self] in
            Task { await self?.wakeLocksChanged() }
        }
        return try await starter.start(grain, makeServices(grain, wakeLocks))
    }

    // MARK: Ending

    /// Stops the grain and returns when all of it is gone. The next use starts it again.
    func stop() async {
        while true {
            switch phase {
            case .stopped, .crashed, .removed: return
            case .starting(let task):
                task.cancel()
                _ = await task.value
            case .stopping(let task), .changing(let task): await task.value
            case .running(let running), .frozen(let running): end(running, cause: nil)
            }
        }
    }

    /// As long may requests that are under way go on in a grain that was moved to another package.
    static let requestWait = Duration.seconds(5)

    /// Ends the grain if it runs another package than its record names by now, and returns when all of that is gone. Requests
    /// that are under way have a short while to get their answers; later ones wait, and meet the new package.
    func leaveOldPackage() async {
        while true {
            switch phase {
            case .stopped, .crashed, .removed: return
            case .starting(let task): _ = await task.value
            case .changing(let task): await task.value
            case .stopping(let task): return await task.value
            case .running(let running), .frozen(let running):
                guard await isOutdated(running) else { return }
                end(running, cause: nil, requestWait: GrainLife.requestWait)
            }
        }
    }

    /// Whether the grain's record names another package by now.
    private func isOutdated(_ running: RunningGrain) async -> Bool {
        guard let record = try? await starter.records.keptGrain(grain) else { return false }
        return record.package != running.package
    }

    /// Stops a running grain that takes what it may not. The next use starts it again.
    /// - Parameter reason: What its owner is told.
    func stop(_ exceeding: RunningGrain, because reason: String) async {
        end(exceeding, cause: reason, isForced: true)
        if case .stopping(let task) = phase { await task.value }
    }

    /// The grain while it runs, or nil.
    var runningGrain: RunningGrain? {
        if case .running(let running) = phase { running } else { nil }
    }

    /// Stops the grain for good.
    func remove() async {
        await stop()
        phase = .removed
    }

    private func watch(_ started: RunningGrain) {
        Task {
            let exit = await GrainEnd(of: started.sandbox, started.limits.sandbox)
            end(started, cause: exit.text)
        }
        Task {
            await started.connection.waitForClose()
            end(started, cause: "the app closed its connection to the host")
        }
    }

    /// The beginning of the end; whoever notices first does it. Without a cause it is a wish and no crash.
    /// - Parameter isForced: The host ends the grain for that cause; otherwise the grain did, and may say more of it.
    /// - Parameter requestWait: As long may requests that are under way take.
    private func end(
        _ ending: RunningGrain, cause: String?, isForced: Bool = false, requestWait: Duration = .zero
    ) {
        switch phase {
        case .running(let current) where current === ending:
            idleTimer?.cancel()
            ending.isEnding.store(true, ordering: .releasing)
            phase = .stopping(
                Task {
                    if requestWait > .zero {
                        await first(
                            { await ending.openRequests.whenNone() }, { [clock] in await clock.sleep(for: requestWait) }
                        )
                    }
                    await finish(ending, cause: cause, isForced: isForced)
                    running.release()
                })
        case .frozen(let current) where current === ending:
            idleTimer?.cancel()
            // Nobody used it, so nobody is told that it crashed: whatever the cause, it starts again when it is needed.
            phase = .stopping(
                Task {
                    await frozen.remove(grain)
                    await finish(ending, cause: nil)
                })
        default: return
        }
    }

    private func finish(_ ending: RunningGrain, cause: String?, isForced: Bool = false) async {
        let exit =
            cause == nil || isForced
            ? nil : await GrainEnd(soonOf: ending.sandbox, ending.limits.sandbox, clock)
        await ending.end()
        await starter.sizes.noteUse(of: grain, isOver: true)
        guard let cause else {
            phase = .stopped
            return log(.info, "grain \(grain) stopped")
        }
        counters.grainCrashes.add(1, ordering: .relaxed)
        let crash = await crash(of: ending, exit?.text ?? cause, isForced: isForced)
        if crash.hasFailedToStart { lastFailure = (HostError(.failed, "start the app: \(crash.reason)"), clock.now()) }
        ending.crash.withLock { $0 = crash }
        phase = .crashed(reason: crash.reason)
        log(.warning, "grain \(grain): \(crash.reason)")
    }

    /// What its owner is told of a grain that is gone, and what its log says. An app that ended soon after its start has failed
    /// to start.
    private func crash(of ended: RunningGrain, _ cause: String, isForced: Bool) async -> GrainCrash {
        // It has ended, so this is known by now, whoever noticed what first.
        if let loss = await GrainEnd(of: ended.sandbox, ended.limits.sandbox).loss {
            await EndReport.note(loss, volume: ended.volume)
            return GrainCrash(reason: loss, hasFailedToStart: false)
        }
        let isEarly = clock.now() - startedAt < FailedStarts.shortestLife
        if isEarly, let use = ended.use { starter.failedStarts.note(use) }
        let reason = await EndReport.text(cause, volume: ended.volume)
        await EndReport.note(cause, volume: ended.volume)
        return GrainCrash(
            reason: reason, hasFailedToStart: isEarly && !isForced && !ended.hasAnswered.load(ordering: .relaxed))
    }

    // MARK: Sessions

    /// A session needs the grain from now on.
    func attach(_ session: SessionID) {
        sessions.insert(session)
        wasVisited = true
        // A frozen one is thawed, or ended in its time where there is no room for it.
        if case .running = phase { idleTimer?.cancel() }
    }

    /// A session needs the grain no more.
    func detach(_ session: SessionID) {
        sessions.remove(session)
        armIdleTimer()
    }

    private func armIdleTimer() {
        guard case .running(let running) = phase else { return }
        idleTimer?.cancel()
        guard sessions.isEmpty, running.wakeLocks.isEmpty else { return }
        let duration = wasVisited ? settings.idle : settings.unvisited
        idleTimer = Task { [clock] in
            await clock.sleep(for: duration)
            if !Task.isCancelled { stopIfIdle(running) }
        }
    }

    private func stopIfIdle(_ idle: RunningGrain) {
        guard sessions.isEmpty, idle.wakeLocks.isEmpty else { return }
        guard case .running(let current) = phase, current === idle, settings.frozen > .zero,
            let sandbox = idle.sandbox as? any FreezableSandbox
        else { return end(idle, cause: nil) }
        phase = .changing(Task { await freeze(idle, sandbox) })
    }

    /// The grain has a reason to stay awake, or none any more.
    private func wakeLocksChanged() {
        // The app asked in the moment in which it was frozen.
        if case .frozen(let waiting) = phase, !waiting.wakeLocks.isEmpty {
            do throws(HostError) {
                try beginThaw(waiting)
            } catch {
                log(.warning, "grain \(grain) wants to stay awake and is frozen: \(error.message)")
            }
        } else {
            armIdleTimer()
        }
    }

    // MARK: Freezing

    private func freeze(_ idle: RunningGrain, _ sandbox: any FreezableSandbox) async {
        guard await !isOutdated(idle) else {
            phase = .running(idle)
            return end(idle, cause: nil)
        }
        do throws(HostError) {
            try await sandbox.freeze()
        } catch {
            log(.debug, "grain \(grain) is ended instead of frozen: \(error.message)")
            phase = .running(idle)
            return end(idle, cause: nil)
        }
        // It may be thawed without being marked again.
        await starter.sizes.noteUse(of: grain, isOver: false)
        await keepFrozen(idle)
        running.release()
        log(.info, "grain \(grain) is frozen")
        if !idle.wakeLocks.isEmpty { wakeLocksChanged() }
    }

    /// From here on the grain is frozen until somebody needs it, its time is over or memory is short.
    private func keepFrozen(_ idle: RunningGrain) async {
        let usage = await idle.measure(now: clock.now(), isFrozen: true)
        await frozen.add(grain, bytes: usage?.memoryBytes) { [weak self] in await self?.endFrozen(idle) }
        phase = .frozen(idle)
        idleTimer?.cancel()
        idleTimer = Task { [clock, settings] in
            await clock.sleep(for: settings.frozen)
            if !Task.isCancelled { endFrozen(idle) }
        }
    }

    private func endFrozen(_ idle: RunningGrain) {
        guard case .frozen = phase else { return }
        end(idle, cause: nil)
    }

    private func beginThaw(_ waiting: RunningGrain) throws(HostError) {
        try running.take(for: grain)
        idleTimer?.cancel()
        phase = .changing(Task { await thaw(waiting) })
    }

    private func thaw(_ waiting: RunningGrain) async {
        await frozen.remove(grain)
        guard await !isOutdated(waiting) else {
            phase = .running(waiting)
            return end(waiting, cause: nil)
        }
        do throws(HostError) {
            try await (waiting.sandbox as? any FreezableSandbox)?.thaw()
            phase = .running(waiting)
            wasVisited = true
            armIdleTimer()
            log(.info, "grain \(grain) goes on")
        } catch {
            // It was lost while it was frozen; who waits starts it again.
            phase = .running(waiting)
            end(waiting, cause: nil)
        }
    }

    /// How long a request that got no answer waits for what is known of its grain's end.
    private static let endWait = Duration.seconds(3)

    /// A request got no answer: returns when that is settled, so that the next try meets a new start or a live grain.
    /// - Returns: How the grain ended; nil when it lives, when somebody wished for its end, or when that takes long.
    func settle(_ suspect: RunningGrain) async -> GrainCrash? {
        let isClosed = await first(
            {
                await suspect.connection.waitForClose()
                return true
            },
            { [clock] in
                await clock.sleep(for: .milliseconds(50))
                return false
            })
        if isClosed { end(suspect, cause: "the app closed its connection to the host") }
        if case .stopping(let task) = phase, suspect.isEnding.load(ordering: .acquiring) {
            await first({ await task.value }, { [clock] in await clock.sleep(for: GrainLife.endWait) })
        }
        return suspect.crash.withLock { $0 }
    }

    // MARK: Holding still

    /// Runs `body` while nothing of the grain runs and nobody starts it; then it goes on where it was. A running grain is
    /// frozen for that, or stopped where its sandbox cannot be frozen.
    ///
    /// Whoever needs the grain meanwhile waits, so `body` is to be short.
    func whileStill<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        for _ in 0..<8 {
            switch phase {
            case .removed: throw HostError(.notFound, "use grain '\(grain)': it was removed")
            case .starting(let task): _ = await task.value
            case .stopping(let task), .changing(let task): await task.value
            case .running(let running) where !(running.sandbox is any FreezableSandbox): end(running, cause: nil)
            case .stopped, .crashed, .frozen, .running:
                if let result = await hold(body) { return try result.get() }
            }
        }
        throw HostError(.disconnected, "use grain '\(grain)': it was started and stopped meanwhile; try again")
    }

    /// Measures the data of a stopped grain; whoever needs the grain meanwhile waits. Does nothing when it runs or is about to:
    /// then it is measured by whoever starts or stops it.
    func measureWhileStopped() async throws(HostError) {
        switch phase {
        case .stopped, .crashed:
            let result = await hold { [starter, grain] () throws(HostError) in
                guard let record = try await starter.records.keptGrain(grain) else { return }
                _ = try await starter.sizes.measure(record)
            }
            try result?.get()
        default: return
        }
    }

    /// - Returns: Nil when the grain did not hold still; then it is being stopped.
    private func hold<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(HostError) -> Value
    ) async -> Result<Value, HostError>? {
        let before = phase
        stillState = state
        idleTimer?.cancel()
        let work = Task { await runStill(body, before: before) }
        phase = .changing(Task { _ = await work.value })
        return await work.value
    }

    private func runStill<Value: Sendable>(
        _ body: @Sendable () async throws(HostError) -> Value, before: Phase
    ) async -> Result<Value, HostError>? {
        defer { stillState = nil }
        switch before {
        case .running(let running):
            let sandbox = running.sandbox as? any FreezableSandbox
            do throws(HostError) {
                try await sandbox?.freeze()
            } catch {
                phase = before
                end(running, cause: nil)
                return nil
            }
            let result = await resultOf(body)
            do throws(HostError) {
                try await sandbox?.thaw()
                phase = before
                armIdleTimer()
            } catch {
                // It was lost while it was frozen; who waits starts it again.
                phase = before
                end(running, cause: nil)
            }
            return result
        case .frozen(let waiting):
            await frozen.remove(grain)
            let result = await resultOf(body)
            await keepFrozen(waiting)
            return result
        default:
            let result = await resultOf(body)
            phase = before
            return result
        }
    }

    private func resultOf<Value>(_ body: () async throws(HostError) -> Value) async -> Result<Value, HostError> {
        do throws(HostError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
