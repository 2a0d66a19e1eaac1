import Barchan

/// Threads that work off jobs, and a short queue in front of them: whoever submits waits while it is full.
///
/// Submit and finish from one thread that may block.
final class Workers<Job: Sendable>: @unchecked Sendable {
    private let lock = ThreadLock()
    private let capacity: Int
    private var waiting: [Job] = []
    private var running: Int
    private var isClosed = false
    private var failure: HostError?

    init(name: String, threads: Int, capacity: Int, work: @escaping @Sendable (Job) throws(HostError) -> Void) {
        self.capacity = capacity
        running = threads
        for _ in 0..<threads {
            startThread(name: name) {
                while let job = self.next() {
                    do throws(HostError) { try work(job) } catch { self.fail(error) }
                }
                self.leave()
            }
        }
    }

    /// - Throws: What a worker threw earlier; jobs behind that one are not done.
    func submit(_ job: Job) throws(HostError) {
        let stopped: HostError? = lock.withLock {
            while waiting.count >= capacity, failure == nil { lock.wait() }
            if failure == nil { waiting.append(job) }
            return failure
        }
        lock.signal()
        if let stopped { throw stopped }
    }

    /// Waits until every job is done and the threads have ended.
    func finish() throws(HostError) {
        lock.withLock { isClosed = true }
        lock.signal()
        let stopped: HostError? = lock.withLock {
            while running > 0 { lock.wait() }
            return failure
        }
        if let stopped { throw stopped }
    }

    /// Drops what waits, and waits for what runs.
    func cancel() {
        lock.withLock {
            if failure == nil { failure = HostError(.cancelled, "work was cancelled") }
            waiting = []
        }
        try? finish()
    }

    private func next() -> Job? {
        let job: Job? = lock.withLock {
            while waiting.isEmpty, !isClosed { lock.wait() }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
        lock.signal()
        return job
    }

    private func fail(_ error: HostError) {
        lock.withLock {
            if failure == nil { failure = error }
            waiting = []
        }
        lock.signal()
    }

    private func leave() {
        lock.withLock { running -= 1 }
        lock.signal()
    }
}
