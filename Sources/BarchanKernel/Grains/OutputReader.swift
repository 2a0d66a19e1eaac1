import Barchan
import CLinux
import Glibc
import Synchronization

/// Reads the output pipes of all grains on one thread.
///
/// A grain that prints more than is kept of it is read again only after a rest, so that reading what nobody gets to see costs little:
/// what a pipe holds, 64 KiB, fifty times a second. It waits meanwhile, as whoever writes to a full pipe does.
final class OutputReader: Sendable {
    /// What a pipe belongs to; ``stop(_:)`` takes it.
    struct Token: Hashable, Sendable { fileprivate let number: UInt64 }

    private struct Entry {
        let descriptor: CInt
        let log: GrainLog
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 1
        var stopped: [UInt64] = []
        var isClosed = false
    }

    private let poll: OwnedDescriptor
    private let wake: OwnedDescriptor
    private let state = Mutex(State())
    private let rest: Duration

    init(rest: Duration = .milliseconds(20)) throws(HostError) {
        self.rest = rest
        let poll = epoll_create1(CInt(O_CLOEXEC))
        let wake = eventfd(0, CInt(O_CLOEXEC | O_NONBLOCK))
        guard poll >= 0, wake >= 0 else {
            throw HostError(.resourceExhausted, "watch the output of grains: \(String(cString: strerror(errno)))")
        }
        self.poll = OwnedDescriptor(takingOwnershipOf: poll)
        self.wake = OwnedDescriptor(takingOwnershipOf: wake)
        try watch(wake, as: 0)
        try startThread()
    }

    /// Reads `pipe` into `log` until its end.
    func start(_ pipe: consuming OwnedDescriptor, into log: GrainLog) throws(HostError) -> Token {
        let descriptor = pipe.release()
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.entries[state.next] = Entry(descriptor: descriptor, log: log)
            return state.next
        }
        do throws(HostError) {
            try watch(descriptor, as: number)
        } catch {
            state.withLock { $0.entries[number] = nil }
            Glibc.close(descriptor)
            throw error
        }
        return Token(number: number)
    }

    /// Reads what is there and no more. Harmless after the pipe's end.
    func stop(_ token: Token) {
        state.withLock { $0.stopped.append(token.number) }
        ring()
    }

    /// Ends the thread. Nothing is read after this.
    func close() {
        state.withLock { $0.isClosed = true }
        ring()
    }

    // MARK: The thread

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake.rawValue, &one, 8)
    }

    private func watch(_ descriptor: CInt, as number: UInt64) throws(HostError) {
        var event = epoll_event()
        event.events = UInt32(EPOLLIN.rawValue)
        event.data.u64 = number
        guard epoll_ctl(poll.rawValue, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            throw HostError(.resourceExhausted, "watch the output of a grain: \(String(cString: strerror(errno)))")
        }
    }

    private func startThread() throws(HostError) {
        // The thread owns one reference until it ends.
        let error = OwnThread.start { [self] in run() }
        guard error == 0 else {
            throw HostError(.resourceExhausted, "watch the output of grains: \(String(cString: strerror(error)))")
        }
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var resting = RestingPipes(rest)
        while !state.withLock({ $0.isClosed }) {
            let count = epoll_wait(poll.rawValue, &events, CInt(events.count), resting.milliseconds)
            for index in 0..<Int(max(0, count)) {
                let number = events[index].data.u64
                if number == 0 {
                    drainWake()
                } else if read(number, &buffer, untilEmpty: false) {
                    setAside(number)
                    resting.add(number)
                }
            }
            for number in resting.takeRested() { takeUp(number) }
            for number in state.withLock({ state in
                defer { state.stopped = [] }
                return state.stopped
            }) {
                _ = read(number, &buffer, untilEmpty: true)
                end(number)
            }
        }
        for number in state.withLock({ Array($0.entries.keys) }) { end(number) }
    }

    private func drainWake() {
        var count: UInt64 = 0
        _ = Glibc.read(wake.rawValue, &count, 8)
    }

    /// One read per event, so that a grain that prints without end does not starve the others.
    /// - Returns: Whether the log keeps back what was read last.
    private func read(_ number: UInt64, _ buffer: inout [UInt8], untilEmpty: Bool) -> Bool {
        guard let entry = state.withLock({ $0.entries[number] }) else { return false }
        var isKeepingBack = false
        // A pipe holds 64 KiB; more than that arrived after the grain had ended.
        for _ in 0..<(untilEmpty ? 2 : 1) {
            let count = Glibc.read(entry.descriptor, &buffer, buffer.count)
            if count > 0 {
                isKeepingBack = entry.log.receive(Array(buffer.prefix(count)))
            } else {
                if count == 0 || (errno != EAGAIN && errno != EINTR) { end(number) }
                return false
            }
        }
        return isKeepingBack
    }

    /// Not only without interest: the end of a pipe is told to whoever watches it at all.
    private func setAside(_ number: UInt64) {
        guard let entry = state.withLock({ $0.entries[number] }) else { return }
        epoll_ctl(poll.rawValue, EPOLL_CTL_DEL, entry.descriptor, nil)
    }

    private func takeUp(_ number: UInt64) {
        guard let entry = state.withLock({ $0.entries[number] }) else { return }
        do throws(HostError) { try watch(entry.descriptor, as: number) } catch { end(number) }
    }

    private func end(_ number: UInt64) {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: number) }) else { return }
        Glibc.close(entry.descriptor)
        entry.log.end()
    }
}

/// The pipes that are not read for the moment, by number.
private struct RestingPipes {
    private let rest: Duration
    /// The first to be read again comes first.
    private var entries: [(number: UInt64, end: ContinuousClock.Instant)] = []

    init(_ rest: Duration) { self.rest = rest }

    mutating func add(_ number: UInt64) { entries.append((number, .now + rest)) }

    /// Until the first is to be read again; -1 when none rests.
    var milliseconds: CInt {
        guard let first = entries.first else { return -1 }
        let (seconds, attoseconds) = (first.end - .now).components
        return seconds >= 3600 ? 3_600_000 : CInt(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
    }

    mutating func takeRested() -> [UInt64] {
        let rested = entries.prefix { $0.end <= .now }.map(\.number)
        entries.removeFirst(rested.count)
        return rested
    }
}
