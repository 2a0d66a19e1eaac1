import Barchan
import CLinux
import Glibc
import SandboxLauncher
import SandboxProtocol
import Synchronization

/// The conversation with one running program: requests go out from anywhere, one thread takes the replies.
///
/// A program that breaks the protocol, ends, or does not answer in time is ended with everything it started, and everybody
/// who waits gets the same one error.
final class ExternalConnection: Sendable {
    private let program: String
    private let requests: RequestQueue
    private let process: ChildOfHost
    private let isContained: Bool
    private let log: HostLog
    private let whenEnded: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        /// Why it was ended, when that was our decision.
        var reason: String?
        var said: ExternalHello?
        var greeting: CheckedContinuation<Result<Void, HostError>, Never>?
        var nextNumber: UInt64 = 1
        var launches: [UInt64: CheckedContinuation<Result<Void, HostError>, Never>] = [:]
        var sandboxes: [UInt64: SandboxRecord] = [:]
    }

    /// A program that does not say hello within this time does not work.
    private static let patienceMilliseconds: CInt = 10_000
    /// Between a request and its answer.
    private static let answerLimit = Duration.seconds(30)

    private init(
        _ settings: ExternalIsolationSettings, socket: CInt, process: pid_t, log: HostLog,
        whenEnded: @escaping @Sendable () -> Void
    ) {
        program = settings.program
        isContained = settings.isContained
        requests = RequestQueue(socket)
        self.process = ChildOfHost(process)
        self.log = log
        self.whenEnded = whenEnded
    }

    /// Starts a program and waits until it has said hello.
    /// - Parameter whenEnded: Called once, when the program has ended and everybody who waits for it was told.
    static func start(
        _ settings: ExternalIsolationSettings, log: HostLog, whenEnded: @escaping @Sendable () -> Void
    ) async throws(HostError) -> ExternalConnection {
        guard access(settings.program, X_OK) == 0 else {
            throw HostError(
                .notFound,
                "start '\(settings.program)': \(String(cString: strerror(errno))); name the back end's program in the"
                    + " setting 'program'")
        }
        let (socket, process) = try LauncherProcess.spawn(
            settings.command, environment: ["PATH=/usr/local/bin:/usr/bin:/bin"])
        let connection = ExternalConnection(settings, socket: socket, process: process, log: log, whenEnded: whenEnded)
        let result = await withCheckedContinuation { continuation in
            connection.state.withLock { $0.greeting = continuation }
            connection.startReading()
        }
        try result.get()
        return connection
    }

    var isClosed: Bool { state.withLock(\.isClosed) }
    /// What it said first; there is a hello once ``start(_:log:)`` has returned.
    var hello: ExternalHello {
        state.withLock(\.said) ?? ExternalHello(guarantees: [], owner: FileOwner(user: geteuid(), group: getegid()))
    }

    /// Ends the program and every sandbox of it.
    func shutDown(_ reason: String) {
        state.withLock { if $0.reason == nil { $0.reason = reason } }
        requests.shutDown()
    }

    /// The same where it does not answer.
    func kill(_ reason: String) {
        shutDown(reason)
        process.kill()
    }

    // MARK: Requests

    func launch(
        _ order: LaunchOrder, grain: GrainID, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> SandboxRecord {
        let record = state.withLock { state in
            let record = SandboxRecord(number: state.nextNumber)
            state.nextNumber += 1
            state.sandboxes[record.number] = record
            return record
        }
        let request = ExternalRequest.launch(record.number, grain: grain, order)
        let attempt = "launch '\(order.arguments.first ?? "")' of grain '\(grain)'"
        // Closed below in any case, once the kernel has its own references.
        let descriptors = [socket.release(), output.release()]
        let limit = deadline("\(attempt) within \(Self.answerLimit.components.seconds) seconds")
        defer { limit.cancel() }
        let result = await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isClosed { state.launches[record.number] = continuation }
                return !state.isClosed
            }
            if !isOpen { continuation.resume(returning: .failure(lost)) }
            if isOpen { self.requests.send(request, descriptors) { self.refuse(record.number, $0) } }
            for descriptor in descriptors { close(descriptor) }
        }
        if case .failure(let error) = result {
            state.withLock { $0.sandboxes[record.number] = nil }
            throw HostError(error.code, "\(attempt): \(error.message)")
        }
        return record
    }

    /// Returns when the sandbox has ended, one way or the other.
    func terminate(_ record: SandboxRecord) async {
        let limit = deadline("end a sandbox within \(Self.answerLimit.components.seconds) seconds")
        defer { limit.cancel() }
        requests.send(ExternalRequest.terminate(record.number)) {
            self.shutDown("nothing can be sent to it: \(RequestQueue.explain($0))")
        }
        _ = await record.waitForEnd()
    }

    private func deadline(_ attempt: String) -> Task<Void, Never> {
        Task {
            try? await Task.sleep(for: Self.answerLimit)
            if !Task.isCancelled { shutDown("it did not \(attempt)") }
        }
    }

    private func refuse(_ number: UInt64, _ errorNumber: CInt) {
        let launch = state.withLock { $0.launches.removeValue(forKey: number) }
        let reason = RequestQueue.explain(errorNumber)
        launch?.resume(returning: .failure(HostError(.resourceExhausted, "send the order to '\(program)': \(reason)")))
    }

    // MARK: Replies

    private func startReading() {
        if !DetachedThread.start({ [self] in read() }) { end("no thread can be started for it") }
    }

    private func read() {
        var first = pollfd(fd: requests.socket, events: Int16(POLLIN), revents: 0)
        guard poll(&first, 1, Self.patienceMilliseconds) != 0 else {
            return end("it said nothing for \(Self.patienceMilliseconds / 1000) seconds")
        }
        do throws(ExternalMistake) {
            while let reply = try nextReply() { try handle(reply) }
            end(nil)
        } catch {
            end("it sent \(error.text)")
        }
    }

    /// Nil at the end. Descriptors that come along are dropped by the kernel, because nobody asks for them.
    private func nextReply() throws(ExternalMistake) -> ExternalReply? {
        var buffer = [UInt8](repeating: 0, count: ExternalReply.maximumBytes)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                recv(requests.socket, $0.baseAddress, $0.count, CInt(MSG_TRUNC))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 || (count == 0 && !hasEnded) else { return nil }
            guard count > 0 else { throw ExternalMistake("a packet without a byte") }
            guard count <= buffer.count else {
                throw ExternalMistake("a packet of \(count) bytes; \(buffer.count) are allowed")
            }
            return try ExternalReply(Array(buffer.prefix(count)))
        }
    }

    /// An empty packet is received as the end is.
    private var hasEnded: Bool {
        var socket = pollfd(fd: requests.socket, events: 0x2000 /* POLLRDHUP */, revents: 0)
        return poll(&socket, 1, 0) != 0
    }

    private func handle(_ reply: ExternalReply) throws(ExternalMistake) {
        let hasGreeted = state.withLock { $0.said != nil }
        switch reply {
        case .hello(let hello):
            guard !hasGreeted else { throw ExternalMistake("hello twice") }
            let waiting = state.withLock { state in
                state.said = hello
                return state.greeting.take()
            }
            waiting?.resume(returning: .success(()))
        case _ where !hasGreeted: throw ExternalMistake("something before its hello")
        case .started(let number): try answer(number, .success(()))
        case .failed(let number, let code, let message): try answer(number, .failure(HostError(code, message)))
        case .ended(let number, let exit): try ended(number, exit)
        }
    }

    private func answer(_ number: UInt64, _ result: Result<Void, HostError>) throws(ExternalMistake) {
        guard let launch = state.withLock({ $0.launches.removeValue(forKey: number) }) else {
            throw ExternalMistake("an answer to a launch \(number) that nobody waits for")
        }
        launch.resume(returning: result)
    }

    private func ended(_ number: UInt64, _ exit: SandboxExit) throws(ExternalMistake) {
        let (launch, record) = state.withLock {
            ($0.launches.removeValue(forKey: number), $0.sandboxes.removeValue(forKey: number))
        }
        guard let record else { throw ExternalMistake("the end of a sandbox \(number) that does not run") }
        record.end(exit)
        launch?.resume(returning: .failure(HostError(.failed, "it ended before it was started")))
    }

    private var lost: HostError {
        HostError(
            .disconnected, "'\(program)' was ended with all of its grains: \(state.withLock(\.reason) ?? "it ended")")
    }

    /// The program is gone or has to go, and with it everything it started.
    /// - Parameter found: Why; nil when it ended by itself.
    private func end(_ found: String?) {
        state.withLock { state in
            state.isClosed = true
            state.reason = state.reason ?? found
        }
        requests.shutDown()
        // What keeps a contained program takes everything along and ends when all are gone.
        if !isContained { process.kill() }
        let end = describe(process.waitForEnd())
        let reason = state.withLock { state in
            state.reason = state.reason ?? end
            return state.reason ?? end
        }
        log(.warning, "isolation back end '\(program)' was ended with all of its grains: \(reason)")
        let state = state.withLock { state in
            defer { (state.greeting, state.launches, state.sandboxes) = (nil, [:], [:]) }
            return state
        }
        let failure = Result<Void, HostError>.failure(lost)
        state.greeting?.resume(returning: .failure(HostError(.unsupported, lost.message)))
        for launch in state.launches.values { launch.resume(returning: failure) }
        for record in state.sandboxes.values { record.end(.lost(reason: lost.message)) }
        whenEnded()
    }

    private func describe(_ status: CInt) -> String {
        guard clinux_wifsignaled(status) != 0 else { return "it ended with status \(clinux_wexitstatus(status))" }
        let signal = clinux_wtermsig(status)
        // Which may have been ours.
        let alternative = !isContained && signal == SIGKILL ? "closed its descriptor 3, or " : ""
        return "it \(alternative)was ended by signal \(signal)"
    }
}
