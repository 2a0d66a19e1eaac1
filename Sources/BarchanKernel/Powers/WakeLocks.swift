import Barchan
import Synchronization

/// Why one running grain may not be stopped for want of visitors (specification, section 18.1).
final class WakeLocks: Sendable {
    private struct State {
        /// Nil when the grain has ended.
        var held: [Int: GrainWakeLock]? = [:]
        var next = 1
    }

    private let state = Mutex(State())
    private let maximumCount: Int
    private let whenChanged: @Sendable () -> Void

    /// - Parameter whenChanged: Comes each time the first lock is taken and the last one is given up.
    init(maximumCount: Int, whenChanged: @escaping @Sendable () -> Void) {
        self.maximumCount = maximumCount
        self.whenChanged = whenChanged
    }

    var isEmpty: Bool { state.withLock { $0.held?.isEmpty ?? true } }
    var captions: [String] { state.withLock { ($0.held ?? [:]).sorted { $0.key < $1.key }.map(\.value.caption) } }

    func take(_ caption: String) throws(HostError) -> any WakeLock {
        let lock = try state.withLock { (state) throws(HostError) in
            guard let held = state.held else {
                throw HostError(.disconnected, "stay awake: the grain is being stopped")
            }
            guard held.count < maximumCount else {
                throw HostError(
                    .resourceExhausted, "stay awake: the grain holds \(maximumCount) wake locks; drop one of them")
            }
            let number = state.next
            let lock = GrainWakeLock(caption: String(caption.prefix(256))) { [weak self] in self?.release(number) }
            state.held?[number] = lock
            state.next += 1
            return lock
        }
        if state.withLock({ $0.held?.count == 1 }) { whenChanged() }
        return lock
    }

    /// A person wants the grain to sleep: every holder is told.
    func cancelAll() {
        let held = state.withLock { Array(($0.held ?? [:]).values) }
        for lock in held { lock.release() }
    }

    /// The grain ends: there are no locks from here on.
    func close() {
        let held = state.withLock { state in
            defer { state.held = nil }
            return Array((state.held ?? [:]).values)
        }
        for lock in held { lock.release() }
    }

    private func release(_ number: Int) {
        let isFree = state.withLock { state in
            state.held?.removeValue(forKey: number) != nil && state.held?.isEmpty == true
        }
        if isFree { whenChanged() }
    }
}

/// One lock.
private final class GrainWakeLock: WakeLock {
    let caption: String
    private let end = Later<Void>()
    private let atEnd: @Sendable () -> Void

    init(caption: String, atEnd: @escaping @Sendable () -> Void) {
        self.caption = caption
        self.atEnd = atEnd
    }

    func waitForEnd() async { await end.get() }

    func release() {
        atEnd()
        end.set(())
    }
}
