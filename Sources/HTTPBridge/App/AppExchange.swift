import CCapnpRPC
import GrainSchemas
import HTTP1

/// One request to the app and its answer. Stays alive by itself until it is over.
final class AppExchange: AppConnectionOwner {
    /// What the answer becomes.
    enum Results { case response, options }

    /// Bodies of errors beyond this are cut off.
    private static let errorBodyBytes = 1 << 20
    /// What is gathered for a host that offered no stream.
    private static let unstreamedBodyBytes = 16 << 20
    /// How long a body of unknown length may still turn out to be short. Many servers send the head by itself and the
    /// rest right behind it, and a stream costs the host several calls more.
    private static let patienceMicroseconds: UInt64 = 2_000

    private let app: AppServer
    private let log: Log
    private let results: Results
    private var parser: ResponseParser
    private var connection: AppConnection?
    /// The whole request, while it may be sent once more: the app closed a kept connection without a byte of answer.
    private var repeatable: [UInt8]?
    private var sink: Capability?
    private var call: IncomingCall?
    private var failure: CallFailure?
    private var stream: ResponseStream?
    private var receivedBytes = 0
    private var patience: Timer?
    private var hasWaited = false
    private var isHeldBack = false
    private var isOver = false
    private var itself: AppExchange?

    /// Whether the request's last byte was given to `start` or `send`. Its connection is not used again otherwise.
    var isWhole = true
    /// Comes when everything sent is with the kernel.
    var onDrained: (() -> Void)?

    /// - Parameter sink: Where a long body goes; nil when the host offered no stream.
    init(
        with app: AppServer, log: Log, answerTo request: ResponseParser.Request, results: Results = .response,
        sink: Capability?
    ) {
        self.app = app
        self.log = log
        self.results = results
        self.sink = sink
        parser = ResponseParser(answerTo: request)
    }

    var unsentBytes: Int { connection?.unsentBytes ?? 0 }

    /// Sends the first bytes of the request. The call that wants the answer may be given before or after.
    /// - Parameter isSafe: The request changes nothing (RFC 9110, section 9.2.1) and is whole. It may go over a kept
    ///   connection, and once more over a fresh one. Others get a fresh one and are never repeated.
    func start(_ bytes: [UInt8], isSafe: Bool = false) {
        guard !isOver else { return }
        itself = self
        if isSafe, let kept = app.pool.take() {
            repeatable = bytes
            use(kept, for: bytes)
        } else {
            startFresh(bytes)
        }
    }

    private func startFresh(_ bytes: [UInt8]) {
        do {
            use(try app.pool.open(), for: bytes)
        } catch {
            fail(error)
        }
    }

    private func use(_ connection: AppConnection, for bytes: [UInt8]) {
        connection.owner = self
        self.connection = connection
        connection.send(bytes)
    }

    func send(_ bytes: [UInt8]) { connection?.send(bytes) }

    /// The call that gets the answer.
    func answer(_ call: IncomingCall) {
        if let failure { return call.fail(failure) }
        self.call = call
        // The call lets go of this when it is answered.
        call.whenCancelled { self.cancel() }
        if parser.head != nil { advance() }
    }

    /// Nobody wants the answer any more.
    func cancel() { fail(.failed("the request was cancelled")) }

    func connectionDrained(_ connection: AppConnection) { onDrained?() }

    func connection(_ connection: AppConnection, received bytes: Span<UInt8>) {
        repeatable = nil
        receivedBytes += bytes.count
        let isFirst = receivedBytes == bytes.count
        let hadHead = parser.head != nil
        do {
            let passed = passOn(bytes)
            if passed < bytes.count { try parser.feed(bytes.extracting(passed..<bytes.count)) }
        } catch {
            return broken(error)
        }
        // Asked to keep its connections, such an app may leave one open behind a body that only the end of it ends.
        if !hadHead, parser.framing == .untilClose, parser.head?.keepsConnection == true { app.pool.stopKeeping() }
        // The end of a body without a stated length is often there already; then no stream is needed.
        if isFirst, !parser.isComplete, parser.head != nil, parser.expectedLength == nil {
            connection.receiveMore()
            if isOver { return }
        }
        advance()
    }

    func connection(_ connection: AppConnection, ended problem: CallFailure?) {
        if let bytes = repeatable {
            repeatable = nil
            app.pool.noteLoss(of: connection)
            return startFresh(bytes)
        }
        if let problem, !parser.isComplete { return fail(problem) }
        do {
            try parser.finish()
        } catch {
            return broken(error)
        }
        advance()
    }

    private func broken(_ error: HTTPError) {
        let sentence = "the app's answer is not valid HTTP: \(error.reason)"
        log.say(sentence)
        app.pool.stopKeeping()
        fail(.failed(sentence))
    }

    private func fail(_ failure: CallFailure) {
        guard !isOver else { return }
        self.failure = failure
        finish()?.fail(failure)
        onDrained?()
    }

    /// Lets go of everything. The stream that was not finished tells the host that something is missing.
    private func finish() -> IncomingCall? {
        isOver = true
        if let connection { release(connection) }
        connection = nil
        sink = nil
        stream = nil
        patience = nil
        defer {
            call = nil
            itself = nil
        }
        return call
    }

    /// The next request may use the connection when both sides agree where this one's answer ended.
    private func release(_ connection: AppConnection) {
        let isAgreed =
            failure == nil && isWhole && parser.isComplete && parser.framing != .untilClose
            && parser.head?.keepsConnection == true && !parser.hasUnwantedContent
        if parser.hasUnwantedContent { app.pool.stopKeeping() }
        if isAgreed { app.pool.keep(connection) } else { connection.close() }
    }

    private func advance() {
        guard !isOver, let head = parser.head else { return }
        if stream != nil { return pump() }
        guard let call else {
            connection?.isReading = parser.availableBytes < ResponseStream.windowBytes
            return
        }
        connection?.isReading = true
        if results == .options { return replyOptions(head, call) }
        guard let kind = AnswerKind(status: head.status) else {
            return fail(.failed("the app answered with status \(head.status), which a session cannot carry"))
        }
        let writer = AnswerWriter(head: head, kind: kind, log: log)
        if case .content = kind, !parser.isComplete { return content(writer, call) }
        if !kind.hasBody || parser.isComplete || parser.availableBytes >= Self.errorBodyBytes {
            let payload = writer.payload(.bytes(kind.hasBody ? parser.takeContent() : []))
            finish()?.reply(payload)
        }
    }

    private func replyOptions(_ head: ResponseHead, _ call: IncomingCall) {
        let kind = AnswerKind.noContent(shouldResetForm: false)
        let payload = AnswerWriter(head: head, kind: kind, log: log).optionsPayload()
        finish()?.reply(payload)
    }

    /// A success whose body is not complete: a short one of known length is worth waiting for, others are streamed.
    private func content(_ writer: AnswerWriter, _ call: IncomingCall) {
        let length = parser.expectedLength
        let headBytes = receivedBytes - parser.availableBytes
        let room = AppServer.firstReadBytes - min(headBytes, AppServer.firstReadBytes)
        if let length, length <= Int64(room) { return }
        if length == nil, parser.availableBytes <= room, !hasWaited { return waitForTheRest() }
        guard let sink else {
            guard parser.availableBytes > Self.unstreamedBodyBytes else { return }
            return fail(.failed("the app's answer is longer than what can be sent without a stream"))
        }
        let stream = ResponseStream(to: sink) { [weak self] _ in self?.advance() }
        self.stream = stream
        if let length { stream.expect(length) }
        pump()
        let handle = Capability(to: ResponseHandle(self), on: app.loop)
        self.call = nil
        call.reply(writer.payload(.stream(handle)))
    }

    private func waitForTheRest() {
        guard patience == nil else { return }
        patience = Timer(on: app.loop, afterMicroseconds: Self.patienceMicroseconds) { [unowned self] in
            hasWaited = true
            advance()
        }
    }

    private func pump() {
        guard let stream else { return }
        if let failure = stream.failure { return fail(failure) }
        if parser.availableBytes > 0 { parser.takeContent().withUnsafeBufferPointer { stream.write($0) } }
        if parser.isComplete {
            stream.finish()
            _ = finish()
        } else {
            let mayRead = stream.hasRoom && !holdsBack()
            connection?.isReading = mayRead
        }
    }

    /// Sends content on right from where it was received.
    /// - Returns: How many of the bytes that was.
    private func passOn(_ bytes: Span<UInt8>) -> Int {
        guard let stream, stream.failure == nil else { return 0 }
        let count = parser.skipContent(bytes.count)
        if count > 0 { bytes.extracting(0..<count).withUnsafeBufferPointer { stream.write($0) } }
        return count
    }

    private func holdsBack() -> Bool {
        guard app.isCongested else { return false }
        if !isHeldBack {
            isHeldBack = true
            app.awaitUplink(self)
        }
        return true
    }

    /// The host has taken what waited for it.
    func uplinkDrained() {
        isHeldBack = false
        advance()
    }
}

/// What the host holds while it wants a body.
private final class ResponseHandle: RPCObject {
    private weak var exchange: AppExchange?

    init(_ exchange: AppExchange) { self.exchange = exchange }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard call.isCall(of: Wire.Handle.Methods.ping) else { throw .unimplemented(call) }
        call.reply()
    }

    func dropped() { exchange?.cancel() }
}
