import Glibc
import Synchronization

/// What checks and measurements have made on this machine and not removed yet.
///
/// Whoever may have to end them early runs them with a ledger of their own as ``current``; without one, everything goes with
/// the object that made it.
public final class Leftovers: Sendable {
    @TaskLocal public static var current: Leftovers?

    private struct State {
        var isCleared = false
        /// Things that are being made or removed on some thread.
        var underWay = 0
        var next = 0
        var removals: [Int: @Sendable () -> Void] = [:]
        var afterwards: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())

    public init() {}

    /// Removes everything, on the caller's thread, and returns when all of it is gone. Nothing more can be made afterwards, so
    /// that work that goes on leaves nothing either. A second call does nothing.
    public func clear() {
        state.withLock { $0.isCleared = true }
        // Making or removing one thing takes moments, and happens on threads that nobody here can wait for.
        while state.withLock({ $0.underWay > 0 }) { usleep(1_000) }
        let removals = state.withLock { state in
            defer { state.removals = [:] }
            return state.removals.values
        }
        for removal in removals { removal() }
        state.withLock { $0.afterwards }()
    }

    /// - Parameter body: Called by ``clear()`` when all is gone. A second call puts another in its place.
    public func afterClearing(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.afterwards = body } }

    /// Whether ``clear()`` was called; it may still be at work.
    public var isCleared: Bool { state.withLock { $0.isCleared } }

    /// - Throws: `CancellationError` when what the task makes has been removed: what fails from then on is nobody's fault.
    public static func requireKept() throws {
        if current?.isCleared == true { throw CancellationError() }
    }

    // MARK: For Leftover

    /// - Returns: Whether something may be made.
    fileprivate func begin() -> Bool {
        state.withLock { state in
            if !state.isCleared { state.underWay += 1 }
            return !state.isCleared
        }
    }

    fileprivate func end() { state.withLock { $0.underWay -= 1 } }

    /// Ends what ``begin()`` began. Returns the removal's number.
    fileprivate func add(_ removal: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.underWay -= 1
            state.next += 1
            state.removals[state.next] = removal
            return state.next
        }
    }

    /// Whoever gets the removal does it and calls ``end()``.
    fileprivate func take(_ number: Int) -> (@Sendable () -> Void)? {
        state.withLock { state in
            let removal = state.removals.removeValue(forKey: number)
            if removal != nil { state.underWay += 1 }
            return removal
        }
    }
}

/// Something that was made and is removed once: by ``remove()``, with this object, or by ``Leftovers/clear()``.
public final class Leftover<Value: Sendable>: Sendable {
    /// What names it.
    public let value: Value
    private let ledger: Leftovers
    private let number: Int

    /// - Throws: What making it throws; `CancellationError` when the task's ledger was cleared.
    public init(_ make: @autoclosure () throws -> Value, remove: @escaping @Sendable (Value) -> Void) throws {
        let ledger = Leftovers.current ?? Leftovers()
        guard ledger.begin() else { throw CancellationError() }
        let made: Value
        do {
            made = try make()
        } catch {
            ledger.end()
            throw error
        }
        value = made
        number = ledger.add { remove(made) }
        self.ledger = ledger
    }

    deinit { remove() }

    public func remove() {
        guard let removal = ledger.take(number) else { return }
        removal()
        ledger.end()
    }

    /// It is no leftover any more.
    public func keep() { if ledger.take(number) != nil { ledger.end() } }
}
