import Glibc

/// Runs `body` on a thread of its own, for a thread has one event loop in its life, and returns when it is done. Nobody else's
/// thread waits meanwhile.
func onOwnThread(_ body: @escaping () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        let work = Unmanaged.passRetained(Work(body, then: continuation)).toOpaque()
        var thread = pthread_t()
        pthread_create(&thread, nil, Work.run, work)
        pthread_detach(thread)
    }
}

/// Asks again and again until the answer is true; false after two minutes, which are long on any machine.
func becomesTrue(_ condition: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(120)
    while try !condition() {
        guard ContinuousClock.now < end else { return false }
        usleep(1_000)
    }
    return true
}

private final class Work {
    private let body: () throws -> Void
    private let continuation: CheckedContinuation<Void, any Error>

    init(_ body: @escaping () throws -> Void, then continuation: CheckedContinuation<Void, any Error>) {
        (self.body, self.continuation) = (body, continuation)
    }

    static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        work.continuation.resume(with: Result { try work.body() })
        return nil
    }
}
