import Barchan
import CCapnpRPC

/// Those who wait for an app's answer, and since when, in ticks.
///
/// A tick for all instead of a timer for each: nearly every answer comes long before, and costs no more than this.
struct WaitingForAnswers {
    struct Key: Hashable { fileprivate let number: Int }

    /// How many whole ticks are waited.
    static let patience = 4

    private struct Waiting {
        var since: Int
        let giveUp: () -> Void
    }

    private var waiting: [Key: Waiting] = [:]
    private var now = 0
    private var next = 0

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ giveUp: @escaping () -> Void) -> Key {
        next += 1
        let key = Key(number: next)
        waiting[key] = Waiting(since: now, giveUp: giveUp)
        return key
    }

    /// The app does something: the wait begins again.
    mutating func renew(_ key: Key) { waiting[key]?.since = now }
    mutating func remove(_ key: Key) { waiting[key] = nil }

    /// A tick is over.
    /// - Returns: What those do whose patience is over, who wait no more, in the order they came.
    mutating func advance() -> [() -> Void] {
        now += 1
        let over = waiting.filter { now - $0.value.since > Self.patience }.sorted { $0.key.number < $1.key.number }
        for (key, _) in over { waiting[key] = nil }
        return over.map(\.value.giveUp)
    }
}

/// Gives up waiting for an app that does not answer, a quarter of the patience late at most. On the loop's thread only.
final class AnswerWatch: @unchecked Sendable {
    private let loop: RPCLoop
    private let milliseconds: Int64
    private var waiting = WaitingForAnswers()
    private var timer: OpaquePointer?
    private var isOver = false

    /// - Parameter milliseconds: The patience.
    init(milliseconds: Int64, on loop: RPCLoop) {
        self.milliseconds = milliseconds
        self.loop = loop
    }

    /// Calls `giveUp` with the reason when the patience is over, unless it is removed before.
    /// - Parameter attempt: What waits, for the reason.
    /// - Returns: Nil when the conversation is over, which everybody is told in other ways.
    func add(
        _ attempt: @autoclosure @escaping () -> String, _ giveUp: @escaping (HostError) -> Void
    ) -> WaitingForAnswers.Key? {
        guard !isOver else { return nil }
        if timer == nil { wait() }
        return waiting.add { [milliseconds] in
            giveUp(
                HostError(
                    .timedOut,
                    "\(attempt()): the app has not answered for \(Duration.milliseconds(milliseconds)); it hangs or is busy, and its log may tell which"
                )
            )
        }
    }

    func renew(_ key: WaitingForAnswers.Key?) { if let key { waiting.renew(key) } }
    func remove(_ key: WaitingForAnswers.Key?) { if let key { waiting.remove(key) } }

    /// The conversation is over.
    func end() {
        isOver = true
        stop()
    }

    private func wait() {
        timer = bcr_timer_start(
            loop.handle, UInt64(milliseconds) * 1_000_000 / UInt64(WaitingForAnswers.patience),
            { Unmanaged<AnswerWatch>.fromOpaque(unwrapped($0)).takeUnretainedValue().tick() },
            Unmanaged.passRetained(self).toOpaque())
    }

    private func stop() {
        guard let timer else { return }
        self.timer = nil
        bcr_timer_free(timer)
        Unmanaged.passUnretained(self).release()
    }

    private func tick() {
        defer { withExtendedLifetime(self) {} }
        stop()
        for giveUp in waiting.advance() { giveUp() }
        if timer == nil && !isOver && !waiting.isEmpty { wait() }
    }
}
