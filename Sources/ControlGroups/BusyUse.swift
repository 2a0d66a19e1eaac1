/// What is known of how one sandbox uses the processors.
public struct BusyUse: Sendable {
    public struct Sample: Sendable {
        /// Nanoseconds.
        let time: UInt64
        /// Microseconds, of which the kernel took so many.
        let used, inKernel: UInt64

        public init(time: UInt64, used: UInt64, inKernel: UInt64 = 0) {
            self.time = time
            self.used = used
            self.inKernel = inKernel
        }

        /// How much of one processor was used since.
        public func share(since earlier: Sample) -> Double { share(\.used, earlier) }

        func kernelShare(since earlier: Sample) -> Double { share(\.inKernel, earlier) }

        private func share(_ part: KeyPath<Sample, UInt64>, _ earlier: Sample) -> Double {
            guard time > earlier.time, self[keyPath: part] > earlier[keyPath: part] else { return 0 }
            return Double(self[keyPath: part] - earlier[keyPath: part]) * 1000 / Double(time - earlier.time)
        }
    }

    public private(set) var standing = SandboxGroup.Standing.ordinary
    /// Whether it yields and has kept a processor busy in the kernel since it does. Nobody is interrupted there at once, and
    /// whoever waits for something there again and again is taken for one that had nothing so far: such a sandbox leaves one
    /// processor to others, while there are any.
    public private(set) var isBusyInKernel = false
    /// Whether it used anything worth a look between the last two samples. Nothing is learnt of one that rests, or that others
    /// left nothing to.
    public private(set) var isActive = false
    /// When it was last seen to have used anything at all, as one does that answers a single request; as ``Sample/time``.
    public private(set) var lastStirring: UInt64?
    /// Whether it goes on meeting a limit and has to be ended.
    public private(set) var isStuck = false
    private var last: Sample?
    private var killsBefore: UInt64 = 0
    /// The share of one processor from which a sandbox yields, and below which it no longer does. One that gets nothing while
    /// it yields is below, too, and has an ordinary turn then: nobody starves.
    private static let busyShare = 0.25, restingShare = 0.125, activeShare = 0.01, stirringShare = 0.0002
    /// For how long one that yields beside others that do must use little: what they leave to it comes in turns of
    /// ``SandboxGroup/longTurn``, and with an ordinary one after each of theirs it would not yield at all.
    private static let restingSpan: UInt64 = 1_000_000_000
    private var lastBusy: UInt64 = 0
    /// Ended processes within half a minute that are no accident any more.
    private static let mostKills: UInt64 = 20
    private static let killWindow: UInt64 = 30_000_000_000
    private var killsSince: UInt64?
    private var refusedBefore: UInt64 = 0
    /// Looks that found processes refused since the one before, less those that found none.
    private var refusingLooks = 0
    private static let mostRefusingLooks = 20
    /// What one look must find of refusals to be taken for more than an app that tries again now and then, where the sandbox
    /// uses too little to yield: one that others leave little to is no better for that.
    private static let manyRefusals: UInt64 = 100

    public init() {}

    /// How much of one processor it has used since it was last noted.
    public func share(until sample: Sample) -> Double { last.map(sample.share(since:)) ?? 0 }

    /// - Parameters:
    ///   - yielding: How it yields when it has to.
    ///   - most: The largest share that any sandbox had meanwhile: who takes less than half of that yields to nobody.
    ///   - hasPeers: Whether others yield, too.
    public mutating func note(
        _ sample: Sample, yielding: SandboxGroup.Standing, most: Double = 0, hasPeers: Bool = false
    ) {
        defer { last = sample }
        guard let last else { return }
        let share = sample.share(since: last)
        isActive = share >= BusyUse.activeShare
        if share >= BusyUse.stirringShare { lastStirring = sample.time }
        guard share >= max(most / 2, standing == .ordinary ? BusyUse.busyShare : BusyUse.restingShare) else {
            if standing != .ordinary, hasPeers, sample.time - lastBusy < BusyUse.restingSpan { return }
            (standing, isBusyInKernel) = (.ordinary, false)
            return
        }
        lastBusy = sample.time
        if sample.kernelShare(since: last) >= BusyUse.busyShare { isBusyInKernel = true }
        // A processor with nothing but idle groups counts as free, and those that wake up would come to it.
        standing = isBusyInKernel ? .reduced : yielding
    }

    /// - Parameter encounters: All so far, as ``SandboxGroup/encounters``.
    public mutating func note(encounters: (memory: UInt64, processes: UInt64)) {
        let refused = encounters.processes - min(refusedBefore, encounters.processes)
        refusedBefore = encounters.processes
        if refused >= (standing == .ordinary ? BusyUse.manyRefusals : 1) {
            refusingLooks += 1
        } else if refusingLooks > 0 {
            refusingLooks -= 1
        }
        guard let time = last?.time else { return }
        if let begin = killsSince, time - begin <= BusyUse.killWindow {
            if encounters.memory >= killsBefore + BusyUse.mostKills { isStuck = true }
        } else {
            (killsSince, killsBefore) = (time, encounters.memory)
        }
        if refusingLooks >= BusyUse.mostRefusingLooks { isStuck = true }
    }
}
