import Barchan

/// What every grain uses, for the person who runs the host.
extension Host {
    /// One grain at one moment.
    public struct GrainUse: Sendable {
        public let grain: OwnedGrain
        /// It is in memory, but nothing of it runs.
        public let isFrozen: Bool
        /// Nil for a grain that is not in memory, or whose back end counts nothing.
        public let usage: SandboxUsage?
        /// Requests and web sockets since it was started.
        public let requests: Int
    }

    /// A page is made of measures as old as this at most, so that it and the figures on it share one.
    static let measureAge = Duration.seconds(2)

    /// Every grain; those in memory first, the one with most memory first.
    /// - Parameter age: Grains that run were measured this long ago at most.
    public func uses(noOlderThan age: Duration = .zero) async throws(HostError) -> [GrainUse] {
        var uses: [GrainUse] = []
        for (grain, life) in try await glimpses() {
            uses.append(
                GrainUse(
                    grain: grain, isFrozen: life.isFrozen, usage: await usage(of: life, noOlderThan: age),
                    requests: life.present?.requests.load(ordering: .relaxed) ?? 0))
        }
        // Positions are sorted, because uses are large to move about.
        return uses.indices.sorted { (uses[$0].memory, $1) > (uses[$1].memory, $0) }.map { uses[$0] }
    }

    /// Nil for a grain that is not in memory, or whose back end counts nothing.
    func usage(of life: GrainLife.Glimpse, noOlderThan age: Duration) async -> SandboxUsage? {
        await life.present?.usage(now: grainBook.clock.now(), isFrozen: life.isFrozen, noOlderThan: age)
    }
}

extension Host.GrainUse {
    fileprivate var memory: Int64 { usage.map { $0.memoryBytes ?? 0 } ?? -1 }
}
