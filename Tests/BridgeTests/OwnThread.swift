import Glibc

/// Runs `body` on a thread of its own and waits for it: a thread has one event loop in its life.
func onOwnThread(_ body: @escaping () throws -> Void) throws {
    let work = Work(body)
    let context = Unmanaged.passRetained(work).toOpaque()
    var thread = pthread_t()
    pthread_create(&thread, nil, Work.run, context)
    pthread_join(thread, nil)
    if let error = work.error { throw error }
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
    private(set) var error: (any Error)?

    init(_ body: @escaping () throws -> Void) { self.body = body }

    static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
        do { try work.body() } catch { work.error = error }
        return nil
    }
}
