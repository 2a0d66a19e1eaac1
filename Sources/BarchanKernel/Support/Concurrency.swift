import Synchronization

/// Set once, asked from anywhere.
final class Flag: Sendable {
    private let value = Atomic(false)

    /// - Returns: Whether this call was the first.
    @discardableResult
    func set() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
    var isSet: Bool { value.load(ordering: .acquiring) }
}

/// The result of whichever ends first. The other is cancelled and goes on unattended if it does not heed that: a task
/// group would wait for it.
func first<Result: Sendable>(
    _ one: @escaping @Sendable () async -> Result, _ other: @escaping @Sendable () async -> Result
) async -> Result {
    let isDecided = Flag(), tasks = Mutex<[Task<Void, Never>]>([])
    let result = await withUnsafeContinuation { (continuation: UnsafeContinuation<Result, Never>) in
        let started = [one, other].map { operation in
            Task {
                let result = await operation()
                if isDecided.set() { continuation.resume(returning: result) }
            }
        }
        tasks.withLock { $0 = started }
    }
    tasks.withLock { $0.forEach { $0.cancel() } }
    return result
}

/// A value that comes later, for any number of readers.
final class Later<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var readers: [UnsafeContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    /// Only the first value counts.
    func set(_ value: Value) {
        let readers = state.withLock { state in
            guard state.value == nil else { return [UnsafeContinuation<Value, Never>]() }
            state.value = value
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.resume(returning: value) }
    }

    func get() async -> Value {
        await withUnsafeContinuation { reader in
            let value = state.withLock { state in
                if state.value == nil { state.readers.append(reader) }
                return state.value
            }
            if let value { reader.resume(returning: value) }
        }
    }
}
