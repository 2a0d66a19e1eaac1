import Barchan
import CLinux
import Glibc
import Synchronization

/// A loop on a thread of its own, which ends when nobody refers to this any more; what was posted by then has run.
public final class LoopThread: HostLoop {
    private let core: LoopCore

    /// Nil when the kernel has no descriptor or thread left.
    public init?() {
        guard let core = LoopCore(), core.start() else { return nil }
        self.core = core
    }

    deinit { core.stop() }

    /// As many as the machine has processors.
    public static var processorCount: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    public var isCurrent: Bool { core.isCurrent }
    public func post(_ body: @escaping @Sendable () -> Void) { core.post(body) }

    public func watch(
        _ descriptor: CInt, for events: UInt32, _ ready: @escaping (_ events: UInt32) -> Void
    ) -> (any LoopEntry)? {
        core.watch(descriptor, for: events, ready)
    }

    public func after(nanoseconds: UInt64, _ body: @escaping () -> Void) -> any LoopEntry {
        core.timers.add(due: LoopTimers.now() &+ nanoseconds, body)
    }

    public func beforeWaiting(_ body: @escaping () -> Bool) -> any LoopEntry {
        let hook = LoopHook(body)
        core.hooks.append(hook)
        return hook
    }
}

/// What the thread refers to.
private final class LoopCore: @unchecked Sendable {
    // What is not under the mutex is used on the thread only, but for the constants.
    private struct Inbox {
        var posted: [@Sendable () -> Void] = []
        var isSleeping = false
        var mustStop = false
    }

    private let inbox = Mutex(Inbox())
    private let epoll: CInt
    private let wakeup: CInt
    private let thread = Atomic<UInt>(0)
    private var own: [@Sendable () -> Void] = []
    /// Events after which what is done before waiting is done.
    private static let batch = 4
    private var ready = [epoll_event](repeating: epoll_event(), count: 128)
    let timers = LoopTimers()
    var hooks: [LoopHook] = []

    init?() {
        let epoll = epoll_create1(CInt(EPOLL_CLOEXEC)), wakeup = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(ptr: nil))
        guard epoll >= 0, wakeup >= 0, epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event) == 0 else {
            if epoll >= 0 { close(epoll) }
            if wakeup >= 0 { close(wakeup) }
            return nil
        }
        self.epoll = epoll
        self.wakeup = wakeup
    }

    deinit {
        close(epoll)
        close(wakeup)
    }

    func start() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context else { return nil }
            Unmanaged<LoopCore>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }
        guard pthread_create(&thread, nil, run, context.toOpaque()) == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    func stop() {
        wake { $0.mustStop = true }
    }

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func post(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { own.append(body) } else { wake { $0.posted.append(body) } }
    }

    private func wake(_ change: (inout Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        guard mustWake else { return }
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is being woken already.
        _ = write(wakeup, &one, 8)
    }

    func watch(_ descriptor: CInt, for events: UInt32, _ ready: @escaping (UInt32) -> Void) -> LoopWatch? {
        let watch = LoopWatch(descriptor, on: epoll, ready)
        let pointer = Unmanaged.passRetained(watch)
        var event = epoll_event(events: events, data: epoll_data_t(ptr: pointer.toOpaque()))
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            pointer.release()
            return nil
        }
        watch.retire = { [unowned self] watch in
            // The batch being handled may name it once more.
            post { Unmanaged.passUnretained(watch).release() }
        }
        return watch
    }

    // MARK: The thread

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            let isBusy = work()
            guard let timeout = isBusy ? 0 : sleepTime() else { return }
            let count = epoll_wait(epoll, &ready, CInt(ready.count), timeout)
            if timeout != 0 { inbox.withLock { $0.isSleeping = false } }
            for index in 0..<Int(max(0, count)) {
                deliver(ready[index])
                // Who is at the other end of what these wrote begins while we go on; one big batch keeps it waiting.
                if index % Self.batch == Self.batch - 1 { _ = runHooks() }
            }
            timers.run()
        }
    }

    /// - Returns: Whether there is more to do. Descriptors get their turn also where somebody is never done.
    private func work() -> Bool {
        for _ in 0..<4 {
            runPosted()
            // A hook that is not done has used its share of this turn: the others' descriptors come first.
            if runHooks() { return true }
            if own.isEmpty { return false }
        }
        return true
    }

    private func runHooks() -> Bool {
        var isBusy = false
        hooks.removeAll { $0.isCancelled }
        for hook in hooks where hook.run() { isBusy = true }
        return isBusy
    }

    private func runPosted() {
        let posted = inbox.withLock { inbox in
            defer { inbox.posted = [] }
            return inbox.posted
        }
        for body in posted { body() }
        // Not what these post in their turn.
        var mine: [@Sendable () -> Void] = []
        swap(&mine, &own)
        for body in mine { body() }
        mine.removeAll(keepingCapacity: true)
        if own.isEmpty { swap(&mine, &own) }
    }

    /// Milliseconds for epoll_wait(2), or nil when it is all over.
    private func sleepTime() -> CInt? {
        let mayStop = inbox.withLock { inbox -> Bool? in
            guard inbox.posted.isEmpty else { return nil }
            inbox.isSleeping = !inbox.mustStop
            return inbox.mustStop
        }
        guard let mayStop else { return 0 }
        return mayStop ? nil : timers.timeout()
    }

    private func deliver(_ event: epoll_event) {
        guard let pointer = event.data.ptr else {
            var count: UInt64 = 0
            _ = read(wakeup, &count, 8)
            return
        }
        Unmanaged<LoopWatch>.fromOpaque(pointer).takeUnretainedValue().deliver(event.events)
    }
}

/// A descriptor that is watched. It lives until it is cancelled.
private final class LoopWatch: LoopEntry, @unchecked Sendable {
    // On the loop's thread only.
    private let descriptor: CInt
    private let epoll: CInt
    private var ready: ((UInt32) -> Void)?
    var retire: ((LoopWatch) -> Void)?

    init(_ descriptor: CInt, on epoll: CInt, _ ready: @escaping (UInt32) -> Void) {
        self.descriptor = descriptor
        self.epoll = epoll
        self.ready = ready
    }

    func deliver(_ events: UInt32) { ready?(events) }

    func cancel() {
        guard ready != nil else { return }
        ready = nil
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
        retire?(self)
        retire = nil
    }
}

private final class LoopHook: LoopEntry {
    private var body: (() -> Bool)?

    init(_ body: @escaping () -> Bool) { self.body = body }

    var isCancelled: Bool { body == nil }
    func run() -> Bool { body?() ?? false }
    func cancel() { body = nil }
}
