import Barchan
import CapnProto
import GrainSchemas
import Synchronization

/// One person's session with one grain.
final class CapnpWebSession: DirectWebSession {
    private let session: Mutex<RPCCapability?>
    private let rpcLoop: RPCLoop
    /// Around everything that the session gave the app and the app gave the session.
    let membrane: Membrane
    let settings: CapnpTransportSettings
    /// Of the connection, on the loop's thread.
    let answers: AnswerWatch?

    /// A body that is shorter, and known to be, goes in one message (specification, section 9.1).
    static let streamedBodyBytes = 65536

    init(
        _ session: RPCCapability, in membrane: Membrane, _ answers: AnswerWatch?, settings: CapnpTransportSettings
    ) {
        self.answers = answers
        rpcLoop = session.loop
        self.session = Mutex(session)
        self.membrane = membrane
        self.settings = settings
    }

    deinit {
        rpcLoop.post { [membrane] in membrane.end(.sessionClosed) }
    }

    func close() async {
        let dropped = session.withLock { session in
            defer { session = nil }
            return session
        }
        guard dropped != nil else { return }
        await rpcLoop.run { [membrane] in membrane.end(.sessionClosed) }
    }

    func send(_ request: WebRequest) async throws(HostError) -> WebResponse {
        let target = try target(for: request.attempt)
        switch request.body {
        case .none: return try await sendWhole(request, [], to: target)
        case .bytes(let bytes):
            guard bytes.count >= Self.streamedBodyBytes, let opening = request.streamingMessage() else {
                return try await sendWhole(request, bytes, to: target)
            }
            let body = RequestBodySource(BufferedBytes(bytes), length: Int64(bytes.count))
            return try await sendStreaming(request, opening, body, to: target)
        case .stream(let reader, let length):
            guard length.map({ $0 >= Self.streamedBodyBytes }) ?? true, let opening = request.streamingMessage() else {
                return try await sendWhole(request, reader, to: target)
            }
            return try await sendStreaming(request, opening, RequestBodySource(reader, length: length), to: target)
        @unknown default:
            throw HostError(.unsupported, "\(request.attempt): this transport does not know this kind of body")
        }
    }

    var loop: (any HostLoop)? { rpcLoop.host }

    func begin(
        _ request: WebRequest, _ completion: @escaping @Sendable (Result<WebResponse, HostError>) -> Void
    ) -> (any PendingRequest)? {
        let body: [UInt8]
        switch request.body {
        case .none: body = []
        case .bytes(let bytes) where bytes.count < Self.streamedBodyBytes: body = bytes
        default: return nil
        }
        guard let target = session.withLock({ $0 }), let exchange = try? exchange(request, on: target) else {
            return nil
        }
        exchange.start(request.message(body: body), completion)
        return exchange
    }

    func target(for attempt: String) throws(HostError) -> RPCCapability {
        guard let target = session.withLock({ $0 }) else {
            throw HostError(.disconnected, "\(attempt): the session is closed; open another one")
        }
        return target
    }

    private func exchange(
        _ request: WebRequest, on target: RPCCapability, _ queue: ByteQueue? = nil
    ) throws(HostError) -> Exchange {
        // `??` would lose the kind of error.
        let own = if let queue { queue } else { try settings.byteQueue(for: request.attempt) }
        return Exchange(on: target, of: self, queue: own, settings: settings, for: RequestAttempt(request))
    }
}

extension RPCError {
    /// Why everything of a session ends.
    static let sessionClosed = RPCError(.disconnected, "the session is closed")
}

/// A body to be streamed.
struct RequestBodySource: Sendable {
    let reader: any ByteReader
    let length: Int64?

    init(_ reader: any ByteReader, length: Int64?) {
        self.reader = reader
        self.length = length
    }
}

// MARK: The session's end

/// Something that a session takes along, until that is over by itself.
final class SessionCut: @unchecked Sendable {
    // On the loop's thread only.
    private let membrane: Membrane
    private let loop: RPCLoop
    private var key: Membrane.Key?

    init(_ membrane: Membrane, on loop: RPCLoop, _ action: @escaping @Sendable () -> Void) {
        self.membrane = membrane
        self.loop = loop
        loop.post { self.key = membrane.onEnd { _ in action() } }
    }

    /// From any thread.
    func lift() { loop.post { self.membrane.forget(self.key) } }
}

extension CapnpWebSession {
    /// Calls `action` when the session ends before it is lifted.
    func endingWithSession(_ action: @escaping @Sendable () -> Void) -> SessionCut {
        SessionCut(membrane, on: rpcLoop, action)
    }
}

// MARK: Bodies

extension CapnpWebSession {
    /// Reads the body first. Until they are answered, so much of all bodies of the grain is held together.
    private func sendWhole(
        _ request: WebRequest, _ reader: any ByteReader, to target: RPCCapability
    ) async throws(HostError) -> WebResponse {
        var body: [UInt8] = []
        defer { settings.wholeBodies.giveBack(body.count) }
        while let piece = try await reader.next() {
            body += piece
            let hasRoom = settings.wholeBodies.take(piece.count)
            guard body.count <= settings.bufferedBodyBytes, hasRoom else {
                reader.cancel()
                throw refusal(ofWhole: body.count, request)
            }
        }
        return try await sendWhole(request, body, to: target)
    }

    private func refusal(ofWhole count: Int, _ request: WebRequest) -> HostError {
        guard count <= settings.bufferedBodyBytes else {
            return HostError(
                .resourceExhausted,
                "\(request.attempt): a body that goes whole has at most \(settings.bufferedBodyBytes) bytes")
        }
        return HostError(
            .resourceExhausted,
            "\(request.attempt): the grain has other bodies of \(settings.wholeBodies.maximum) bytes to take whole; try again when it has",
            retryAfter: .seconds(2))
    }

    private func sendWhole(
        _ request: WebRequest, _ body: [UInt8], to target: RPCCapability
    ) async throws(HostError) -> WebResponse {
        guard body.count <= settings.bufferedBodyBytes else {
            throw refusal(ofWhole: body.count, request)
        }
        return try await exchange(request, on: target).perform(request.message(body: body))
    }

    /// Opens a stream for the body; an app that does not know how gets it whole.
    private func sendStreaming(
        _ request: WebRequest, _ opening: RequestMessage, _ body: RequestBodySource, to target: RPCCapability
    ) async throws(HostError) -> WebResponse {
        let queue = try settings.byteQueue(for: request.attempt)
        let opener = OpeningCall(on: target, of: self, queue, attempt: request.attempt)
        let cut = endingWithSession { opener.abort(RPCError.sessionClosed.hostError(request.attempt)) }
        defer { cut.lift() }
        do {
            guard let stream = try await opener.perform(opening).get() else {
                return try await sendWhole(request, body.reader, to: target)
            }
            return try await send(request, body, over: stream, queue)
        } catch {
            body.reader.cancel()
            throw error
        }
    }

    /// Asks for the answer first, then sends the body; the answer may come before its end.
    private func send(
        _ request: WebRequest, _ body: RequestBodySource, over stream: RPCCapability, _ queue: ByteQueue
    ) async throws(HostError) -> WebResponse {
        let exchange = try exchange(request, on: stream, queue)
        let sender = ByteSender(
            to: stream, kind: .byteStream, windowBytes: settings.requestWindowBytes, attempt: request.attempt
        ) { exchange.renewPatience() }
        let cut = endingWithSession {
            sender.abort()
            body.reader.cancel()
        }
        var pump: Task<Void, Never>?
        let ask = RequestMessage(Wire.WebSession.RequestStream.Methods.getResponse) { _ in }
        do {
            return try await exchange.perform(ask, offersStream: false) {
                pump = Task { [settings] in
                    defer { cut.lift() }
                    do throws(HostError) {
                        try await sender.pump(body.reader, length: body.length)
                    } catch {
                        sender.abort()
                        body.reader.cancel()
                        // An app that stops reading may still answer, soon; a body that breaks off cannot be answered.
                        if error.code != .cancelled, error.message.hasPrefix(request.attempt) {
                            try? await Task.sleep(for: .milliseconds(settings.refusedBodyMilliseconds))
                        }
                        exchange.abort(error)
                    }
                }
            }
        } catch {
            pump?.cancel()
            sender.abort()
            body.reader.cancel()
            throw error
        }
    }
}

/// What a request tries, put into words only where something goes wrong.
struct RequestAttempt: Sendable {
    private let method: WebRequest.Method
    private let path: String

    init(_ request: WebRequest) {
        method = request.method
        path = request.path
    }

    var text: String { "send \(name) '/\(path.prefix(200))' to a grain" }

    private var name: String {
        switch method {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .propfind: "PROPFIND"
        case .proppatch: "PROPPATCH"
        case .mkcol: "MKCOL"
        case .copy: "COPY"
        case .move: "MOVE"
        case .lock: "LOCK"
        case .unlock: "UNLOCK"
        case .acl: "ACL"
        case .report: "REPORT"
        @unknown default: "a request"
        }
    }
}

extension WebRequest {
    /// For errors.
    var attempt: String { RequestAttempt(self).text }
}
