import Barchan

/// The whole of what is promised about a sandbox, tried on one back end: every check of ``IsolationConformance``, and every
/// attempt of the probe. Nothing is left out because it is not claimed, but what would harm this machine if it failed.
public struct IsolationSuite: Sendable {
    /// What every back end promises, whatever it claims: how a program starts and ends.
    public static let everyBackEnd = "everyBackEnd"
    /// What ordinary programs need must work on every back end.
    public static let ordinaryNeeds = "ordinaryNeeds"
    /// The guarantees of isolation, in the order in which they are listed.
    public static let guarantees = Guarantee.isolation.filter { ![.processorWeight, .ioWeight].contains($0) }

    /// Path of the static `sandbox-probe`.
    private let probe: String
    private let launchesBefore: Int
    private let makeProvider: @Sendable () async throws -> any IsolationProvider

    /// - Parameters:
    ///   - probe: Path of the static `sandbox-probe` on this machine.
    ///   - launchesBefore: How often the same package is started before the start that is judged: a back end may keep a
    ///     sandbox ready for a package in use, and that has to keep the same promises.
    ///   - makeProvider: Makes the back end, as the host does. Called once for each check.
    public init(
        probe: String, launchesBefore: Int = 0,
        makeProvider: @escaping @Sendable () async throws -> any IsolationProvider
    ) {
        self.probe = probe
        self.launchesBefore = launchesBefore
        self.makeProvider = makeProvider
    }

    /// What the suite does next.
    public struct Step: Sendable {
        /// Of a check, or of the probe's attempts.
        public let name: String
        /// From 1 to `count`.
        public let number: Int
        public let count: Int
        /// By the steps before.
        public let found: IsolationVerdict
    }

    /// Runs everything, one after the other; some seconds, but up to five minutes for each step that does not end.
    /// - Parameter willBegin: Called before each step.
    /// - Throws: What making the back end throws; `CancellationError` after ``Leftovers/clear()``. That it cannot start the probe is a finding.
    public func run(willBegin: (Step) -> Void = { _ in }) async throws -> IsolationVerdict {
        let checks = IsolationConformance.checks(probe: probe)
        // A back end that is not there fails here, before anything is said to be tried.
        let claimed = try await makeProvider().guarantees
        var trials: [IsolationVerdict.Trial] = []
        func begin(_ name: String, _ number: Int) throws {
            try Leftovers.requireKept()
            let found = IsolationVerdict(claimed: claimed, trials: trials)
            willBegin(Step(name: name, number: number, count: checks.count + 1, found: found))
        }
        try begin("the probe's attempts", 1)
        trials = try await attemptTrials()
        for (number, check) in checks.enumerated() {
            try begin(check.name, number + 2)
            trials.append(await trial(of: check, claimed))
        }
        try Leftovers.requireKept()
        return IsolationVerdict(claimed: claimed, trials: trials)
    }

    // MARK: The probe's attempts

    /// Only the probe's attempts, as it reported them.
    /// - Parameter more: Arguments for the probe besides its targets; see its `AttemptRun`.
    /// - Throws: ``ConformanceFailure`` when the probe did not come to its end; ``HostError`` when it was not started.
    public func attempts(_ more: [String] = []) async throws -> [ProbeAttempt] {
        let trial = try IsolationTrial(try await makeProvider(), probe: probe)
        let targets = try HostTargets(trial, probe: probe)
        for _ in 0..<launchesBefore {
            _ = try await trial.facts(["exit", "0"], environment: IsolationSuite.environment)
        }
        let running = try await trial.start(
            ["attempts"] + targets.arguments + more, environment: IsolationSuite.environment)
        let limit = Task {
            try await Task.sleep(for: IsolationSuite.timeLimit)
            await running.sandbox.terminate()
        }
        let facts = await running.finish()
        limit.cancel()
        let report = ProbeReport(lines: facts.lines)
        try withExtendedLifetime(targets) {
            try require(
                report.isComplete,
                "the probe ended (\(facts.exit)) after \(report.attempts.count) of \(report.announced ?? 0) attempts")
        }
        return report.attempts
    }

    private static let environment = ["ONE=1", "TWO=two words"]
    private static let timeLimit = Duration.seconds(300)

    private func attemptTrials() async throws -> [IsolationVerdict.Trial] {
        do {
            return try await attempts().map(IsolationVerdict.Trial.init)
        } catch let skip as ConformanceSkip {
            throw skip
        } catch {
            return [
                IsolationVerdict.Trial(
                    name: "probe", promises: [IsolationSuite.everyBackEnd], outcome: .broken("\(error)"),
                    duration: .zero)
            ]
        }
    }

    // MARK: The checks

    private func trial(
        of check: ConformanceCheck<any IsolationProvider>, _ claimed: Set<Guarantee>
    ) async -> IsolationVerdict.Trial {
        // What takes several promises together and does not hold is the fault of those that are not made.
        let unclaimed = check.required.subtracting(claimed)
        let names = (unclaimed.isEmpty ? check.required : unclaimed).sorted().map(\.name)
        let clock = ContinuousClock(), start = clock.now
        var outcome = IsolationVerdict.Outcome.kept
        if check.harmsWhereBroken && !check.required.union([.privateFileSystem]).isSubset(of: claimed) {
            outcome = .untried("it would harm this machine: the back end does not claim the walls that keep it in")
        } else {
            do {
                try await withinLimit { try await check.attempt(on: try await makeProvider()) }
            } catch let skip as ConformanceSkip {
                outcome = .untried(skip.reason)
            } catch {
                outcome = .broken("\(error)")
            }
        }
        return IsolationVerdict.Trial(
            name: check.name, promises: names.isEmpty ? [IsolationSuite.everyBackEnd] : names, outcome: outcome,
            duration: clock.now - start)
    }

    /// A check that never ends is left behind.
    private func withinLimit(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let (results, continuation) = AsyncStream<Result<Void, any Error>>.makeStream()
        let work = Task {
            do {
                continuation.yield(.success(try await body()))
            } catch {
                continuation.yield(.failure(error))
            }
        }
        let limit = Task {
            try await Task.sleep(for: IsolationSuite.timeLimit)
            continuation.yield(.failure(ConformanceFailure("no end within \(IsolationSuite.timeLimit)")))
        }
        defer {
            limit.cancel()
            work.cancel()
        }
        for await result in results { return try result.get() }
    }
}
