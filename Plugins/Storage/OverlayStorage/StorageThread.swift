import CLinux
import Glibc

/// A thread that runs an actor, so that waiting for a disk never holds up Swift's shared threads.
///
/// The thread ends with the last reference to it.
final class StorageThread: SerialExecutor {
    private let queue = JobQueue()

    /// - Parameters:
    ///   - name: At most 15 bytes, as `ps -T` shows it.
    ///   - isUrgent: False for work that is to delay nobody.
    init(name: String, isUrgent: Bool = true) {
        startThread(name: name) { [queue] in
            if !isUrgent { clinux_lower_thread_priority() }
            while let (job, executor) = queue.next() { job.runSynchronously(on: executor) }
        }
    }

    deinit { queue.close() }

    func enqueue(_ job: consuming ExecutorJob) {
        queue.append((UnownedJob(job), asUnownedSerialExecutor()))
    }
}

/// Jobs in order of arrival.
private final class JobQueue: @unchecked Sendable {
    private let lock = ThreadLock()
    private var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
    private var taken = 0
    private var isClosed = false

    func append(_ job: (UnownedJob, UnownedSerialExecutor)) {
        lock.withLock { jobs.append(job) }
        lock.signal()
    }

    func close() {
        lock.withLock { isClosed = true }
        lock.signal()
    }

    func next() -> (UnownedJob, UnownedSerialExecutor)? {
        lock.withLock {
            while taken == jobs.count, !isClosed { lock.wait() }
            guard taken < jobs.count else { return nil }
            defer { taken += 1 }
            if taken > 1024, taken * 2 > jobs.count {
                jobs.removeFirst(taken)
                taken = 0
            }
            return jobs[taken]
        }
    }
}

/// A mutex with a condition.
final class ThreadLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Only with the lock held; may also return without a signal.
    func wait() { pthread_cond_wait(condition, mutex) }
    func signal() { pthread_cond_broadcast(condition) }
}

/// Starts a thread with all signals blocked: they belong to the host's own threads.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    var all = sigset_t(), before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let context = Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
            clinux_name_thread(body.name)
            body.run()
            return nil
        }, context.toOpaque())
    // The only cause is that the machine is out of threads; nothing of the host works then.
    guard result == 0 else { fatalError("start thread '\(name)': \(String(cString: strerror(result)))") }
    pthread_detach(thread)
}

private final class ThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void
    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}
