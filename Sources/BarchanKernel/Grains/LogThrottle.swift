/// Lets a bounded amount of output through and says how much it kept back.
public struct LogThrottle: Sendable {
    private let bytesPerSecond: Int
    private let burstBytes: Int
    private var available: Int
    private var lastTime: Duration
    private var droppedBytes = 0
    /// Whether the latest output was kept back, all or part of it.
    public var isKeepingBack: Bool { droppedBytes > 0 }
    /// Whether anything was ever kept back.
    public private(set) var hasDropped = false

    public init(bytesPerSecond: Int, burstBytes: Int, now: Duration) {
        self.bytesPerSecond = bytesPerSecond
        self.burstBytes = burstBytes
        available = burstBytes
        lastTime = now
    }

    /// What of `bytes` goes into the log, at most about `room`, behind a note when something was kept back before.
    public mutating func admit(_ bytes: [UInt8], room: Int = .max, now: Duration) -> [UInt8] {
        refill(now)
        // Waiting for a quarter of the burst keeps a grain that prints without end from becoming all notes.
        guard droppedBytes == 0 || available >= burstBytes / 4 else {
            droppedBytes += bytes.count
            hasDropped = true
            return []
        }
        let admitted = bytes.prefix(min(available, room))
        let text = note() + admitted
        available -= admitted.count
        droppedBytes += bytes.count - admitted.count
        if admitted.count < bytes.count { hasDropped = true }
        return text
    }

    /// The last word when no more output comes.
    public mutating func finish() -> [UInt8] { note() }

    private mutating func refill(_ now: Duration) {
        let elapsed = now - lastTime
        lastTime = now
        let (seconds, attoseconds) = elapsed.components
        // More than an hour fills any bucket, and this keeps the products small.
        let milliseconds = min(max(0, seconds), 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000
        available = min(burstBytes, available + Int(milliseconds) * bytesPerSecond / 1_000)
    }

    private mutating func note() -> [UInt8] {
        guard droppedBytes > 0 else { return [] }
        defer { droppedBytes = 0 }
        return Array(
            "\n[barchan: \(droppedBytes) bytes of output left out; \(bytesPerSecond) bytes per second are kept]\n".utf8)
    }
}
