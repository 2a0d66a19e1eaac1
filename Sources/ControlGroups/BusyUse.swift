/// What is known of how one sandbox uses the processors.
public struct BusyUse: Sendable {
    public struct Sample: Sendable {
        /// Nanoseconds.
        let time: UInt64
        /// Microseconds.
        let used: UInt64

        public init(time: UInt64, used: UInt64) {
            self.time = time
            self.used = used
        }

        /// How much of one processor was used since.
        public func share(since earlier: Sample) -> Double {
            guard time > earlier.time, used > earlier.used else { return 0 }
            return Double(used - earlier.used) * 1000 / Double(time - earlier.time)
        }
    }

    public private(set) var standing = SandboxGroup.Standing.ordinary
    /// Whether it goes on meeting a limit and has to be ended.
    public private(set) var isStuck = false
    private var last: Sample?
    private var killsBefore: UInt64 = 0
    /// The share of one processor from which a sandbox yields, and below which it no longer does. One that gets nothing while
    /// it yields is below, too, and has an ordinary turn then: nobody starves.
    private static let busyShare = 0.25, restingShare = 0.125
    /// Ended processes within half a minute that are no accident any more.
    private static let mostKills: UInt64 = 20
    private static let killWindow: UInt64 = 30_000_000_000
    private var killsSince: UInt64?
    private var refusedBefore: UInt64 = 0
    /// Looks in a row, each of which found that processes were refused since the one before.
    private var refusingLooks = 0
    private static let mostRefusingLooks = 20

    public init() {}

    /// - Parameter yielding: How it yields when it has to.
    public mutating func note(_ sample: Sample, yielding: SandboxGroup.Standing) {
        defer { last = sample }
        guard let last else { return }
        let share = sample.share(since: last)
        if standing == .ordinary {
            if share >= BusyUse.busyShare { standing = yielding }
        } else {
            standing = share < BusyUse.restingShare ? .ordinary : yielding
        }
    }

    /// - Parameter encounters: All so far, as ``SandboxGroup/encounters``.
    public mutating func note(encounters: (memory: UInt64, processes: UInt64)) {
        refusingLooks = encounters.processes > refusedBefore ? refusingLooks + 1 : 0
        refusedBefore = encounters.processes
        guard let time = last?.time else { return }
        if let begin = killsSince, time - begin <= BusyUse.killWindow {
            if encounters.memory >= killsBefore + BusyUse.mostKills { isStuck = true }
        } else {
            (killsSince, killsBefore) = (time, encounters.memory)
        }
        if refusingLooks >= BusyUse.mostRefusingLooks { isStuck = true }
    }
}
