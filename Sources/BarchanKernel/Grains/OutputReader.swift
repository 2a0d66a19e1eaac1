import Barchan
import CLinux
import Glibc
import Synchronization

/// Reads the output pipes of all grains on one thread.
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

    init() throws(HostError) {
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
        var thread = pthread_t()
        // The thread owns one reference until it ends.
        let reference = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<OutputReader>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, reference.toOpaque())
        guard result == 0 else {
            reference.release()
            throw HostError(.resourceExhausted, "watch the output of grains: \(String(cString: strerror(result)))")
        }
        pthread_detach(thread)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while !state.withLock({ $0.isClosed }) {
            let count = epoll_wait(poll.rawValue, &events, CInt(events.count), -1)
            for index in 0..<Int(max(0, count)) {
                let number = events[index].data.u64
                if number == 0 { drainWake() } else { read(number, &buffer, untilEmpty: false) }
            }
            for number in state.withLock({ state in
                defer { state.stopped = [] }
                return state.stopped
            }) {
                read(number, &buffer, untilEmpty: true)
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
    private func read(_ number: UInt64, _ buffer: inout [UInt8], untilEmpty: Bool) {
        guard let entry = state.withLock({ $0.entries[number] }) else { return }
        // A pipe holds 64 KiB; more than that arrived after the grain had ended.
        for _ in 0..<(untilEmpty ? 8 : 1) {
            let count = Glibc.read(entry.descriptor, &buffer, buffer.count)
            if count > 0 {
                entry.log.receive(Array(buffer.prefix(count)))
            } else {
                if count == 0 || (errno != EAGAIN && errno != EINTR) { end(number) }
                return
            }
        }
    }

    private func end(_ number: UInt64) {
        guard let entry = state.withLock({ $0.entries.removeValue(forKey: number) }) else { return }
        Glibc.close(entry.descriptor)
        entry.log.end()
    }
}
