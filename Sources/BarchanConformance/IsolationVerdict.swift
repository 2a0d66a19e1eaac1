import Barchan

/// What a back end claims, against what was found.
public struct IsolationVerdict: Sendable {
    public enum Outcome: Sendable, Equatable {
        case kept
        /// With what was seen instead.
        case broken(String)
        /// With the reason.
        case untried(String)
    }

    /// One check or attempt.
    public struct Trial: Sendable {
        public let name: String
        /// Names of guarantees, or ``IsolationSuite/everyBackEnd`` or ``IsolationSuite/ordinaryNeeds``.
        public let promises: [String]
        public let outcome: Outcome
        public let duration: Duration

        init(name: String, promises: [String], outcome: Outcome, duration: Duration) {
            self.name = name
            self.promises = promises
            self.outcome = outcome
            self.duration = duration
        }

        init(_ attempt: ProbeAttempt) {
            self.init(
                name: attempt.name, promises: [attempt.promise],
                outcome: attempt.held ? .kept : .broken("'\(attempt.found)' instead of '\(attempt.expected)'"),
                duration: .microseconds(attempt.microseconds))
        }

        /// What was seen instead, or why it was not tried; empty when it held.
        public var reason: String {
            switch outcome {
            case .kept: ""
            case .broken(let reason), .untried(let reason): reason
            }
        }

        public var isBroken: Bool {
            if case .broken = outcome { true } else { false }
        }

        public var isUntried: Bool {
            if case .untried = outcome { true } else { false }
        }
    }

    /// Everything about one promise.
    public struct Finding: Sendable {
        public let promise: String
        /// Always for what every back end promises.
        public let isClaimed: Bool
        public let trials: [Trial]

        public var broken: [Trial] { trials.filter(\.isBroken) }

        /// Something was tried, and all that was tried held.
        public var isKept: Bool { broken.isEmpty && trials.contains { !$0.isUntried } }
        /// Nothing was tried, or there is nothing that could be.
        public var isUntried: Bool { trials.allSatisfy(\.isUntried) }
    }

    public let claimed: Set<Guarantee>
    public let trials: [Trial]
    /// One for each promise there is, in a fixed order, and for each that is claimed or tried beyond.
    public let findings: [Finding]

    init(claimed: Set<Guarantee>, trials: [Trial]) {
        self.claimed = claimed
        self.trials = trials
        let always = [IsolationSuite.everyBackEnd, IsolationSuite.ordinaryNeeds]
        let known = IsolationSuite.guarantees.map(\.name)
        let others = Set(trials.flatMap(\.promises) + claimed.map(\.name)).subtracting(always + known)
        let names = always + known + others.sorted()
        findings = names.map { name in
            Finding(
                promise: name, isClaimed: always.contains(name) || claimed.contains(Guarantee(name)),
                trials: trials.filter { $0.promises.contains(name) })
        }
    }

    /// Every claimed guarantee, and what every back end promises, was tried and held. Claims that the suite has nothing for do
    /// not count: guarantees of others, and ``Barchan/Guarantee/landlock``, which nobody sees inside as long as the
    /// walls before it stand.
    public var everyClaimHeld: Bool { findings.allSatisfy { !$0.isClaimed || $0.isKept || $0.trials.isEmpty } }
}
