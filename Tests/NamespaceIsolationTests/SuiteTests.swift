import Barchan
import BarchanConformance
import Glibc
import Testing

/// The whole suite on this back end, and what makes its answers worth something: each attempt can fail.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SuiteTests {
    private static let probe = Programs.path("sandbox-probe")

    /// Made when it is wanted, with a network namespace made ahead, made ahead as a whole, and kept for a package in use.
    @Test(arguments: [("networks", 0), ("networks", 16), ("poolSize", 4), ("parked", 4)] as [(String, Int64)])
    func everyAttemptEndsAsPromised(_ setting: String, _ count: Int64) async throws {
        try await skipping {
            let parked = setting == "parked" ? count : 0
            var settings: [String: SettingValue] = ["parked": .integer(0)]
            settings[setting] = .integer(count)
            let (provider, launcher, directory) = try await Machine.watchedProvider(settings)
            let tried: any IsolationProvider = parked == 0 ? provider : ParkedProvider(provider, launcher)
            report(try await IsolationSuite(probe: Self.probe) { tried }.attempts())
            _ = directory
        }
    }

    @Test func theFirstWallStandsAlone() async throws {
        try await skipping {
            let suite = IsolationSuite(probe: Self.probe) { try await Machine.provider(["landlock": .boolean(false)]) }
            report(try await suite.attempts())
        }
    }

    @Test func everyClaimIsTriedAndHolds() async throws {
        try await skipping {
            let verdict = try await IsolationSuite(probe: Self.probe) { try await Machine.provider() }.run()
            #expect(verdict.claimed.count >= 9)
            let unclaimed = Set(IsolationSuite.guarantees).subtracting(verdict.claimed).map(\.name)
            for trial in verdict.trials where trial.outcome != .kept && !Self.knownGaps.contains(trial.name) {
                guard !trial.promises.contains(where: unclaimed.contains) else { continue }
                Issue.record("\(trial.name): \(trial.reason)")
            }
            let untried = verdict.findings.filter { $0.isClaimed && $0.isUntried && !$0.trials.isEmpty }
            #expect(untried.isEmpty, "\(untried.map(\.promise))")
        }
    }

    /// Gaps that the module's README names. A row that no longer occurs fails, too.
    private static let knownGaps: Set<String> = []

    private func report(_ attempts: [ProbeAttempt], open gaps: Set<String> = knownGaps) {
        for attempt in attempts where !attempt.held && !gaps.contains(attempt.name) {
            Issue.record("\(attempt.name): '\(attempt.found)' instead of '\(attempt.expected)'")
        }
        for attempt in attempts where attempt.held && gaps.contains(attempt.name) {
            Issue.record("\(attempt.name) holds; take it out of the list")
        }
    }

    /// The control: without walls each attempt fails, but for those in the list, which says why.
    @Test func withoutWallsAttemptsFail() async throws {
        try await skipping {
            guard geteuid() == 0 else { throw ConformanceSkip("only root is stopped by nothing") }
            let attempts = try await IsolationSuite(probe: Self.probe) { OpenIsolation() }.attempts()
            let names = Dictionary(grouping: attempts, by: \.name)
            #expect(names.filter { $0.value.count > 1 }.isEmpty, "a name is used twice")
            let walls = attempts.filter {
                $0.expected != "works" || ($0.promise != IsolationSuite.ordinaryNeeds && !$0.name.hasPrefix("needs."))
            }
            #expect(walls.count > 400)
            for attempt in walls {
                let reason = ControlExceptions.reason(for: attempt)
                if attempt.held && reason == nil {
                    Issue.record("\(attempt.name) holds without walls, too: '\(attempt.found)'")
                }
                if attempt.found.hasPrefix("not tried") { Issue.record("\(attempt.name): \(attempt.found)") }
            }
            let held = Set(walls.filter(\.held).map(\.name))
            #expect(held.count * 5 < walls.count, "\(held.count) of \(walls.count) cannot fail")
        }
    }

    /// The other control: where every call is refused, nothing that must work does.
    @Test func withoutCallsNeedsFail() async throws {
        try await skipping {
            let attempts = try await IsolationSuite(probe: Self.probe) { OpenIsolation() }.attempts(["closed=1"])
            let needs = attempts.filter { $0.expected == "works" }
            #expect(needs.count > 150)
            for need in needs where need.held { Issue.record("\(need.name) works without a system call") }
        }
    }
}
