import Barchan
import Synchronization

/// Carries what one grain prints from the reading thread into its volume's log.
final class GrainLog: Sendable {
    private struct State {
        var throttle: LogThrottle
        var pending: [UInt8] = []
    }

    /// Shared by the log and its writing task.
    private final class Pending: Sendable {
        let state: Mutex<State>
        init(_ throttle: LogThrottle) { state = Mutex(State(throttle: throttle)) }

        func take() -> [UInt8] {
            state.withLock { state in
                defer { state.pending = [] }
                return state.pending
            }
        }
    }

    /// Waiting for the disk is no reason to stall the app; beyond this its output is left out.
    static let maximumPendingBytes = 1 << 20

    private let pending: Pending
    private let clock: any HostClock
    private let wake: AsyncStream<Void>.Continuation
    private let writer: Task<Void, Never>

    init(volume: any Volume, limits: GrainLimits, clock: any HostClock, log: HostLog) {
        let pending = Pending(
            LogThrottle(bytesPerSecond: limits.logBytesPerSecond, burstBytes: limits.logBurstBytes, now: clock.now()))
        let (signals, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.pending = pending
        self.clock = clock
        self.wake = wake
        writer = Task {
            var hasFailed = false
            for await _ in signals {
                let bytes = pending.take()
                guard !bytes.isEmpty else { continue }
                do throws(HostError) {
                    try await volume.appendToLog(bytes)
                } catch {
                    if !hasFailed { log(.warning, error.message) }
                    hasFailed = true
                }
            }
        }
    }

    /// Called by the reading thread.
    /// - Returns: Whether some of it was kept back: there is no hurry to read more.
    @discardableResult
    func receive(_ bytes: [UInt8]) -> Bool {
        let now = clock.now()
        let isKeepingBack = pending.state.withLock { state in
            let room = max(0, GrainLog.maximumPendingBytes - state.pending.count)
            state.pending += state.throttle.admit(bytes, room: room, now: now)
            return state.throttle.isKeepingBack
        }
        wake.yield()
        return isKeepingBack
    }

    /// A line of the host's own, which no throttle keeps back.
    func note(_ text: String) {
        pending.state.withLock { $0.pending += GrainLog.line(text) }
        wake.yield()
    }

    /// A line of the host's own as it stands in a log.
    static func line(_ text: String) -> [UInt8] { Array("\n[barchan: \(text)]\n".utf8) }

    /// Whether the app printed more than is kept.
    var hasDropped: Bool { pending.state.withLock { $0.throttle.hasDropped } }

    /// No more output comes. A second call does nothing.
    func end() {
        pending.state.withLock { $0.pending += $0.throttle.finish() }
        wake.yield()
        wake.finish()
    }

    /// Returns when everything up to ``end()`` is in the log.
    func waitUntilWritten() async { await writer.value }
}
