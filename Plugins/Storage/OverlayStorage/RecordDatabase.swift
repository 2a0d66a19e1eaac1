import Barchan

/// The records in SQLite, on a thread of their own.
///
/// Commits that arrive while one is being made durable share the next one: a disk does some hundred synchronizations
/// a second, whatever is in them.
actor RecordDatabase {
    typealias Answer = Result<Bool, HostError>

    private let thread: StorageThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let path: String
    private let watchers: RecordWatchers
    private var engine: RecordEngine?
    /// Set once the disk failed. SQLite, and Linux, may call pages clean that never reached the disk, so nothing that is
    /// written afterwards can be believed. What was acknowledged before is read on: the failed batch is undone, and what
    /// is in the log of the database stays there until it is durable elsewhere.
    private var broken: HostError?
    private var waiting: [(batch: RecordBatch, answer: CheckedContinuation<Answer, Never>)] = []

    init(path: String, watchers: RecordWatchers) async throws(HostError) {
        thread = StorageThread(name: "records")
        self.path = path
        self.watchers = watchers
        engine = nil
        try await open()
    }

    private func open() async throws(HostError) { engine = try RecordEngine(path: path) }

    func read(_ key: RecordKey) throws(HostError) -> Record? { try readable().read(key) }

    func readAll(_ keys: [RecordKey]) throws(HostError) -> [Record] {
        try readable().readAll(keys)
    }

    func scan(prefix: RecordKey, after: RecordKey?, limit: Int) throws(HostError) -> [Record] {
        try readable().scan(prefix: prefix, after: after, limit: limit)
    }

    func commit(_ batch: RecordBatch) async -> Answer {
        await withCheckedContinuation { answer in
            waiting.append((batch, answer))
            // The task's job stands behind every commit that is queued already; they all share it.
            if waiting.count == 1 { Task { self.flush() } }
        }
    }

    private func flush() {
        let group = waiting
        waiting = []
        let outcome: Result<[Answer], HostError>
        do throws(HostError) {
            outcome = .success(try writable().commit(group.map(\.batch)))
        } catch {
            // A full disk undid the transaction and nothing else; after a failure of the engine nobody knows.
            if broken == nil, error.code == .failed || error.code == .corrupt { broken = error }
            outcome = .failure(error)
        }
        switch outcome {
        case .failure(let error): for waiter in group { waiter.answer.resume(returning: .failure(error)) }
        case .success(let answers):
            for (waiter, answer) in zip(group, answers) {
                if case .success(true) = answer { watchers.notify(waiter.batch) }
                waiter.answer.resume(returning: answer)
            }
        }
    }

    private func writable() throws(HostError) -> RecordEngine {
        if let broken { throw Self.refusal("write", broken) }
        return try opened()
    }

    private func readable() throws(HostError) -> RecordEngine {
        let engine = try opened()
        if let broken, broken.code == .corrupt || engine.isInTransaction { throw Self.refusal("read", broken) }
        return engine
    }

    /// A damaged file stays damaged when the host starts again: its error says what helps.
    private static func refusal(_ attempt: String, _ broken: HostError) -> HostError {
        guard broken.code != .corrupt else { return broken }
        return HostError(
            .failed,
            "\(attempt) the records: the disk failed earlier (\(broken.message)); check it and start the host again")
    }

    private func opened() throws(HostError) -> RecordEngine {
        guard let engine else { throw HostError(.failed, "use the records: their database is not open") }
        return engine
    }
}
