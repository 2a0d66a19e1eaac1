import Barchan
import Synchronization

/// How many queues one grain may have, and what they may hold together.
final class ByteBudget: Sendable {
    let maximum: Int
    let maximumQueues: Int
    private let used = Atomic(0)
    private let queues = Atomic(0)
    private let taken = Atomic(0)

    init(_ maximum: Int, queues: Int) {
        self.maximum = maximum
        maximumQueues = queues
    }

    /// - Returns: Whether there may be one more queue.
    func addQueue() -> Bool {
        if queues.add(1, ordering: .relaxed).newValue <= maximumQueues { return true }
        removeQueue()
        return false
    }

    fileprivate func removeQueue() { queues.subtract(1, ordering: .relaxed) }

    /// - Returns: Whether that is still within the budget.
    func take(_ count: Int) -> Bool { used.add(count, ordering: .relaxed).newValue <= maximum }
    func giveBack(_ count: Int) { used.subtract(count, ordering: .relaxed) }

    /// A reader has got bytes of the grain's.
    fileprivate func note(taken count: Int) { taken.add(count, ordering: .relaxed) }
    /// What readers got so far.
    var takenBytes: Int { taken.load(ordering: .relaxed) }
}

/// Bytes on their way from a grain to a reader. The grain's writes are answered while at most a window of bytes waits and
/// the grain is within its budget; after that each answer waits until the reader has taken what is there.
final class ByteQueue: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        /// Writes whose answer waits for the reader.
        var unanswered: [RPCIncoming] = []
        var reader: UnsafeContinuation<Result<[UInt8]?, HostError>, Never>?
        var end: Result<Void, HostError>?
        var isCancelled = false
        var length: Int64?
        /// Written so far, whether or not it was taken.
        var written: UInt64 = 0
        /// Told once that the length is known, bytes are there, or none will come.
        var onStart: (@Sendable () -> Void)?
        var onCancel: (@Sendable () -> Void)?
        var hasStarted = false
    }

    private let state = Mutex(State())
    private let windowBytes: Int
    private let budget: ByteBudget

    /// - Parameter budget: One that this queue was added to.
    init(windowBytes: Int, within budget: ByteBudget) {
        self.windowBytes = windowBytes
        self.budget = budget
    }

    deinit {
        budget.giveBack(state.withLock { $0.bytes.count })
        budget.removeQueue()
    }

    /// What the grain said the length is.
    var length: Int64? { state.withLock { $0.length } }
}

// MARK: The grain's side, on the loop's thread

extension ByteQueue {
    /// - Parameter size: Of what is still to come.
    func expect(size: UInt64) {
        start { state in
            let (length, isTooLong) = state.written.addingReportingOverflow(size)
            state.length = isTooLong ? .max : Int64(clamping: length)
        }
    }

    /// Takes bytes over; `incoming` is answered when there is room for more.
    func write(_ bytes: [UInt8], _ incoming: RPCIncoming) {
        enum Action { case answer, refuse, wait, resume(UnsafeContinuation<Result<[UInt8]?, HostError>, Never>) }
        let action = state.withLock { state -> Action in
            if state.isCancelled || state.end != nil { return .refuse }
            if bytes.isEmpty { return .answer }
            state.written += UInt64(bytes.count)
            if let reader = state.reader {
                state.reader = nil
                budget.note(taken: bytes.count)
                return .resume(reader)
            }
            if state.bytes.isEmpty { state.bytes = bytes } else { state.bytes.append(contentsOf: bytes) }
            let isWithinBudget = budget.take(bytes.count)
            guard state.bytes.count > windowBytes || !isWithinBudget else { return .answer }
            state.unanswered.append(incoming)
            return .wait
        }
        switch action {
        case .answer: incoming.reply()
        case .refuse: incoming.fail(RPCError(.failed, "nobody reads this stream any more"))
        case .wait: break
        case .resume(let reader):
            reader.resume(returning: .success(bytes))
            incoming.reply()
        }
        start { _ in }
    }

    /// No more bytes come. Only the first call counts.
    func finish(_ end: Result<Void, HostError>) {
        let reader = state.withLock { state -> UnsafeContinuation<Result<[UInt8]?, HostError>, Never>? in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: end.map { nil })
        start { _ in }
    }

    /// Calls `body` when the stream has started, at once when it has.
    func onStart(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.hasStarted { state.onStart = body }
            return state.hasStarted
        }
        if isLate { body() }
    }

    /// Calls `body`, on any thread, when the reader gives up.
    func onCancel(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.onCancel = body }
            return state.isCancelled
        }
        if isLate { body() }
    }

    private func start(_ change: (inout State) -> Void) {
        let told = state.withLock { state -> (@Sendable () -> Void)? in
            change(&state)
            state.hasStarted = true
            defer { state.onStart = nil }
            return state.onStart
        }
        told?()
    }
}

// MARK: The reader's side

extension ByteQueue {
    func next() async throws(HostError) -> [UInt8]? {
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { take($0) }
        } onCancel: {
            stopWaiting()
        }
        return try result.get()
    }

    private func take(_ reader: UnsafeContinuation<Result<[UInt8]?, HostError>, Never>) {
        var answers: [RPCIncoming] = []
        let result = state.withLock { state -> Result<[UInt8]?, HostError>? in
            if !state.bytes.isEmpty {
                defer { state.bytes = [] }
                budget.giveBack(state.bytes.count)
                budget.note(taken: state.bytes.count)
                swap(&answers, &state.unanswered)
                return .success(state.bytes)
            }
            if state.isCancelled { return .success(nil) }
            if let end = state.end { return end.map { nil } }
            if Task.isCancelled { return .failure(.readCancelled) }
            precondition(state.reader == nil, "a ByteReader has one caller at a time")
            state.reader = reader
            return nil
        }
        answer(answers)
        if let result { reader.resume(returning: result) }
    }

    private func stopWaiting() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: .failure(.readCancelled))
    }

    private func answer(_ writes: [RPCIncoming]) {
        guard let loop = writes.first?.loop else { return }
        loop.post { for write in writes { write.reply() } }
    }

    /// The reader wants no more.
    func cancel() {
        var refused: [RPCIncoming] = []
        let (reader, told) = state.withLock { state in
            if state.isCancelled {
                return (nil as UnsafeContinuation<Result<[UInt8]?, HostError>, Never>?, nil as (@Sendable () -> Void)?)
            }
            state.isCancelled = true
            budget.giveBack(state.bytes.count)
            state.bytes = []
            swap(&refused, &state.unanswered)
            defer { (state.reader, state.onCancel) = (nil, nil) }
            return (state.reader, state.onCancel)
        }
        answer(refused)
        reader?.resume(returning: .success(nil))
        told?()
    }
}

extension HostError {
    fileprivate static let readCancelled = HostError(.cancelled, "read from a grain: the reading task was cancelled")
}

/// What readers hold of a queue: letting go of it is giving up.
final class ByteQueueReader: ByteReader {
    private let queue: ByteQueue
    private let session: CapnpWebSession

    init(_ queue: ByteQueue, of session: CapnpWebSession) {
        self.queue = queue
        self.session = session
    }

    deinit { queue.cancel() }

    func next() async throws(HostError) -> [UInt8]? { try await queue.next() }
    func cancel() { queue.cancel() }
}
