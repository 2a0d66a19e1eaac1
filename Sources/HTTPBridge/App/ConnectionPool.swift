import Glibc

/// What the pool remembers of a connection.
struct ConnectionUse {
    /// Opened before this many calls to order; see `ConnectionPool.relieve`.
    var generation = 0
    /// Answers that were read from it to their end.
    var answers = 0
    /// When the last of them ended, in nanoseconds.
    var lastAnswer: UInt64 = 0
    /// It was opened for a request, and nothing has come yet.
    var isUnanswered = false
}

/// Connections to the app between two requests: a bounded number, and only while the app is in use.
///
/// Apps that handle one connection at a time must not wait for an idle one, and apps that close without saying so get a
/// connection per request, as they did from the original bridge.
final class ConnectionPool: AppConnectionOwner {
    static let maximumIdle = 64
    /// An app that closes sooner than this after its first answer, and did not say so, keeps no connections.
    private static let briefNanoseconds: UInt64 = 1_000_000_000
    /// How long a fresh connection may go without an answer before the app is given the kept ones back.
    private static let starvationMicroseconds: UInt64 = 20_000

    private unowned let app: AppServer
    private var idle: [AppConnection] = []
    private var generation = 0
    private var unanswered = 0
    private var firstAnswers = 0
    private var relief: Timer?

    /// Whether connections are kept at all.
    private(set) var isKeeping = true

    init(of app: AppServer) { self.app = app }

    /// The connection that was used last, when the app has not closed it.
    func take() -> AppConnection? {
        while let connection = idle.popLast() {
            switch connection.pending {
            case .nothing: return connection
            case .bytes: stopKeeping()
            case .end: noteLoss(of: connection)
            }
            connection.close()
        }
        return nil
    }

    /// A connection that nothing was sent over.
    func open() throws(CallFailure) -> AppConnection {
        // An app that handles one connection at a time would not see the new one before the old one ends.
        if !idle.isEmpty { idle.removeFirst().close() }
        let connection = try AppConnection(to: app, owner: self)
        connection.use.generation = generation
        connection.use.isUnanswered = true
        unanswered += 1
        return connection
    }

    /// Takes a connection whose last answer ended where both sides know.
    func keep(_ connection: AppConnection) {
        guard isKeeping, connection.isOpen, connection.unsentBytes == 0, connection.use.generation == generation,
            idle.count < Self.maximumIdle
        else { return connection.close() }
        connection.use.answers += 1
        connection.use.lastAnswer = now()
        connection.owner = self
        connection.isReading = true
        idle.append(connection)
        if unanswered > 0, relief == nil { awaitAnswers() }
    }

    func closeAll() {
        for connection in idle { connection.close() }
        idle = []
    }

    /// A kept connection was closed by the app.
    func noteLoss(of connection: AppConnection) {
        guard connection.use.answers == 1, now() - connection.use.lastAnswer < Self.briefNanoseconds else { return }
        stopKeeping()
    }

    /// From here on each request gets a connection of its own: the app cannot be trusted to say where answers end.
    func stopKeeping() {
        isKeeping = false
        closeAll()
    }

    private func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

// MARK: Apps that wait for the end of another connection

extension ConnectionPool {
    func noteAnswer(on connection: AppConnection) {
        firstAnswers += 1
        noteEnd(of: connection)
    }

    func noteEnd(of connection: AppConnection) {
        connection.use.isUnanswered = false
        unanswered -= 1
    }

    private func awaitAnswers() {
        let seen = firstAnswers
        relief = Timer(on: app.loop, afterMicroseconds: Self.starvationMicroseconds) { [unowned self] in
            relief = nil
            if unanswered > 0, firstAnswers == seen { relieve() }
        }
    }

    /// Nobody waits for those that are idle, and those that are in use are not kept.
    private func relieve() {
        generation += 1
        closeAll()
    }
}

// MARK: Idle connections

extension ConnectionPool {
    func connectionDrained(_ connection: AppConnection) {}

    /// Nothing was asked: an answer was longer than it said, and the next one could be taken for another.
    func connection(_ connection: AppConnection, received bytes: Span<UInt8>) {
        stopKeeping()
    }

    func connection(_ connection: AppConnection, ended problem: CallFailure?) {
        idle.removeAll { $0 === connection }
        noteLoss(of: connection)
    }
}
