import Barchan

/// The grains that were stopped where they were and may go on, oldest first: ended when they hold too much memory.
actor FrozenGrains {
    private struct Entry {
        let grain: GrainID
        let bytes: Int64
        let end: @Sendable () async -> Void
    }

    /// What a grain counts for where nobody measures it.
    static let assumedBytes: Int64 = 64 << 20

    private var entries: [Entry] = []
    private let percent: Int
    private let availableBytes: @Sendable () -> Int64?

    /// - Parameter percent: As much of the memory that is available without them may frozen grains hold.
    init(percent: Int, availableBytes: @escaping @Sendable () -> Int64?) {
        self.percent = percent
        self.availableBytes = availableBytes
    }

    /// Keeps a frozen grain, and ends the oldest ones when that is too much.
    /// - Parameter end: Ends the grain; called at most once, and never after ``remove(_:)``.
    func add(_ grain: GrainID, bytes: Int64?, end: @escaping @Sendable () async -> Void) async {
        entries.append(Entry(grain: grain, bytes: bytes ?? FrozenGrains.assumedBytes, end: end))
        guard let available = availableBytes() else { return }
        var held = entries.reduce(0) { $0 + $1.bytes }
        let allowed = (available + held) / 100 * Int64(percent)
        var tooMany: [Entry] = []
        while held > allowed, let oldest = entries.first {
            entries.removeFirst()
            held -= oldest.bytes
            tooMany.append(oldest)
        }
        for entry in tooMany { await entry.end() }
    }

    /// The grain goes on, or has ended.
    func remove(_ grain: GrainID) { entries.removeAll { $0.grain == grain } }

    /// Memory is short: ends all of them.
    func relieve() async {
        let all = entries
        entries = []
        for entry in all { await entry.end() }
    }
}
