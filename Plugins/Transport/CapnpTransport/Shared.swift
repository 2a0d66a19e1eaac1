import Synchronization

/// A value that comes later, for any number of readers.
final class Shared<Value: Sendable>: Sendable {
    private enum State {
        case waiting([UnsafeContinuation<Value, Never>])
        case there(Value)
    }

    private let state = Mutex(State.waiting([]))

    /// Only the first value counts.
    func set(_ value: Value) {
        let waiting = state.withLock { state -> [UnsafeContinuation<Value, Never>] in
            guard case .waiting(let list) = state else { return [] }
            state = .there(value)
            return list
        }
        for reader in waiting { reader.resume(returning: value) }
    }

    func value() async -> Value {
        await withUnsafeContinuation { continuation in
            let value = state.withLock { state -> Value? in
                switch state {
                case .there(let value): return value
                case .waiting(let list):
                    state = .waiting(list + [continuation])
                    return nil
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}

/// Carries a value that is not used here any more to the one thread that uses it.
struct UncheckedSendable<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

extension RPCLoop {
    /// Runs `body` on the thread and returns what it returns.
    func run<Value: Sendable>(_ body: @escaping () -> Value) async -> Value {
        await withUnsafeContinuation { continuation in
            post { continuation.resume(returning: body()) }
        }
    }
}
