import Barchan
import BarchanKernel
import CLinux
import Glibc
import Synchronization

/// Writes the lines of a log on a thread of its own: whoever reads them may be stuck, and nobody else waits for that.
///
/// So many lines of so many bytes wait at most; what comes then is counted, and said when there is room again.
public final class LogQueue: Sendable {
    typealias Write = @Sendable (LogMessage) -> Void
    static let capacity = 4096, byteCapacity = 4 << 20

    private struct State {
        var waiting: [(message: LogMessage, write: Write)] = []
        var bytes = 0
        var lost = 0
        var isWriting = false
    }

    private let state = Mutex(State())
    /// Readable when there is something to write, and when everything is written.
    private let work: OwnedDescriptor
    private let idle: OwnedDescriptor

    /// - Throws: ``HostError`` `.resourceExhausted` when the machine has no thread or descriptor left.
    public init() throws(HostError) {
        let numbers = [eventfd(0, CInt(O_CLOEXEC)), eventfd(0, CInt(O_CLOEXEC) | CInt(O_NONBLOCK))]
        guard numbers.allSatisfy({ $0 >= 0 }) else { throw LogQueue.failure(errno) }
        work = OwnedDescriptor(takingOwnershipOf: numbers[0])
        idle = OwnedDescriptor(takingOwnershipOf: numbers[1])
        let error = OwnThread.start { [self] in run() }
        guard error == 0 else { throw LogQueue.failure(error) }
    }

    private static func failure(_ number: CInt) -> HostError {
        HostError(.resourceExhausted, "start to write the log: \(String(cString: strerror(number)))")
    }

    func add(_ message: LogMessage, _ write: @escaping Write) {
        state.withLock { state in
            guard state.waiting.count < LogQueue.capacity, state.bytes < LogQueue.byteCapacity else {
                state.lost += 1
                return
            }
            state.bytes += message.text.utf8.count
            state.waiting.append((message, write))
        }
        LogQueue.ring(work.rawValue)
    }

    /// Waits until everything is written, but no longer than `limit`: what is left then is given up with the process.
    public func finish(within limit: Duration) {
        let end = ContinuousClock.now + limit
        while state.withLock({ $0.isWriting || !$0.waiting.isEmpty }) {
            let rest = (end - .now) / Duration.milliseconds(1)
            guard rest > 0 else { return }
            var entry = pollfd(fd: idle.rawValue, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, CInt(rest.rounded(.up))) > 0 { LogQueue.clear(idle.rawValue) }
        }
    }

    // MARK: The thread

    private func run() {
        while true {
            LogQueue.clear(work.rawValue)
            while let (message, write) = next() { write(message) }
            LogQueue.ring(idle.rawValue)
        }
    }

    private func next() -> (LogMessage, Write)? {
        state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            guard let first = state.waiting.first else { return nil }
            if state.lost > 0 {
                let text = "\(state.lost) lines of the log were lost, because nobody read it"
                state.lost = 0
                state.bytes += text.utf8.count
                // After those that were there before.
                state.waiting.append((LogMessage(level: .warning, text: text, fields: []), first.write))
            }
            state.waiting.removeFirst()
            state.bytes = state.waiting.isEmpty ? 0 : state.bytes - first.message.text.utf8.count
            return first
        }
    }

    private static func ring(_ descriptor: CInt) {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    private static func clear(_ descriptor: CInt) {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
