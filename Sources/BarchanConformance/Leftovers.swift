import Synchronization

/// What checks and measurements have made on this machine and not removed yet.
///
/// Whoever may have to end them early runs them with a ledger of their own as ``current``; without one, everything goes with
/// the object that made it.
public final class Leftovers: Sendable {
    @TaskLocal public static var current: Leftovers?

    private struct State {
        var isCleared = false
        var next = 0
        var removals: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Removes everything, on the caller's thread. Nothing more can be made afterwards, so that work that goes on leaves
    /// nothing either. A second call does nothing.
    public func clear() {
        let removals = state.withLock { state in
            state.isCleared = true
            defer { state.removals = [:] }
            return state.removals.values
        }
        for removal in removals { removal() }
    }

    /// Whether ``clear()`` was called; it may still be at work.
    public var isCleared: Bool { state.withLock { $0.isCleared } }

    /// - Throws: `CancellationError` when what the task makes has been removed: what fails from then on is nobody's fault.
    public static func requireKept() throws {
        if current?.isCleared == true { throw CancellationError() }
    }

    /// The removal's number, or nil when everything was removed.
    fileprivate func add(_ removal: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard !state.isCleared else { return nil }
            state.next += 1
            state.removals[state.next] = removal
            return state.next
        }
    }

    /// Whoever gets the removal does it.
    fileprivate func take(_ number: Int) -> (@Sendable () -> Void)? {
        state.withLock { $0.removals.removeValue(forKey: number) }
    }
}

/// Something that was made and is removed once: by ``remove()``, with this object, or by ``Leftovers/clear()``.
public final class Leftover: Sendable {
    private let ledger: Leftovers
    private let number: Int

    /// - Throws: `CancellationError` when the task's ledger was cleared; then it has been removed.
    public init(_ removal: @escaping @Sendable () -> Void) throws {
        ledger = Leftovers.current ?? Leftovers()
        guard let number = ledger.add(removal) else {
            removal()
            throw CancellationError()
        }
        self.number = number
    }

    deinit { remove() }

    public func remove() { ledger.take(number)?() }

    /// It is no leftover any more.
    public func keep() { _ = ledger.take(number) }
}
