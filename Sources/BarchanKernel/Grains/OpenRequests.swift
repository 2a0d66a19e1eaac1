import Synchronization

/// Counts the requests of a grain that are under way.
final class OpenRequests: Sendable {
    private struct State {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// One more, until it is ended or nobody knows of it any more.
    func begin() -> OpenRequest {
        state.withLock { $0.count += 1 }
        return OpenRequest(self)
    }

    fileprivate func end() {
        let waiters = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once none is under way.
    func whenNone() async {
        await withCheckedContinuation { waiter in
            let isNone = state.withLock { state in
                if state.count > 0 { state.waiters.append(waiter) }
                return state.count == 0
            }
            if isNone { waiter.resume() }
        }
    }
}

/// A request that is under way.
final class OpenRequest: Sendable {
    private let requests: OpenRequests
    private let isOver = Flag()

    fileprivate init(_ requests: OpenRequests) { self.requests = requests }

    deinit { end() }

    /// A second call does nothing.
    func end() { if isOver.set() { requests.end() } }
}
