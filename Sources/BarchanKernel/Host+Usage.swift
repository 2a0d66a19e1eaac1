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

    /// Every grain; those in memory first, the one with most memory first.
    public func uses() async throws(HostError) -> [GrainUse] {
        var uses: [GrainUse] = []
        for (grain, life) in try await glimpses() {
            uses.append(
                GrainUse(
                    grain: grain, isFrozen: life.isFrozen,
                    usage: await (life.present?.sandbox as? any MeasuredSandbox)?.usage(),
                    requests: life.present?.requests.load(ordering: .relaxed) ?? 0))
        }
        return uses.enumerated().sorted { ($0.element.memory, $1.offset) > ($1.element.memory, $0.offset) }.map(
            \.element)
    }
}

extension Host.GrainUse {
    fileprivate var memory: Int64 { usage.map { $0.memoryBytes ?? 0 } ?? -1 }
}
