import BarchanKernel
import Synchronization

/// Time that stands still until a test moves it.
final class ManualClock: HostClock {
    private struct Sleeper {
        let duration: Duration
        let deadline: Duration
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var time: Duration = .seconds(1_000)
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [(duration: Duration, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func now() -> Duration { state.withLock { $0.time } }
    func wallSeconds() -> Int64 { 1_700_000_000 + now().components.seconds }

    func sleep(for duration: Duration) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let due = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                    guard duration > .zero, !state.cancelled.contains(number) else { return [continuation] }
                    state.sleepers[number] = Sleeper(
                        duration: duration, deadline: state.time + duration, continuation: continuation)
                    defer { state.watchers.removeAll { $0.duration == duration } }
                    return state.watchers.filter { $0.duration == duration }.map(\.continuation)
                }
                due.forEach { $0.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }
            sleeper?.continuation.resume()
        }
    }

    /// Wakes everybody whose time has come.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.time += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.time }
            due.keys.forEach { state.sleepers[$0] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }.map(\.continuation)
        }
        due.forEach { $0.resume() }
    }

    /// Returns once somebody sleeps for exactly `duration`.
    func whenSomebodySleeps(for duration: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.values.contains(where: { $0.duration == duration }) { return true }
                state.watchers.append((duration, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Waits for somebody to sleep for `duration` and lets it pass.
    func pass(_ duration: Duration) async {
        await whenSomebodySleeps(for: duration)
        advance(by: duration)
    }
}

/// A value that is there some day; any number of waiters.
final class Later<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [CheckedContinuation<Value, Never>] = []
    }

    private let state = Mutex(State())

    /// The first value counts.
    func set(_ value: Value) {
        let waiters = state.withLock { state in
            guard state.value == nil else { return [CheckedContinuation<Value, Never>]() }
            state.value = value
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume(returning: value) }
    }

    var isSet: Bool { state.withLock { $0.value != nil } }

    func get() async -> Value {
        await withCheckedContinuation { continuation in
            let value = state.withLock { state in
                if state.value == nil { state.waiters.append(continuation) }
                return state.value
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
