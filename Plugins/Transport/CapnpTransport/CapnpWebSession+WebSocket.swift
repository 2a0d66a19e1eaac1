import Barchan
import CapnProto
import GrainSchemas

extension CapnpWebSession {
    func openWebSocket(
        _ request: WebSocketRequest, incoming: any ByteReader
    ) async throws(HostError) -> WebSocketResponse {
        let attempt = "open a web socket '/\(request.path.prefix(200))' of a grain"
        let queue = try settings.byteQueue(for: attempt)
        let opening = WebSocketOpening(on: try target(for: attempt), of: self, queue, attempt: attempt)
        let openingCut = endingWithSession { opening.abort(RPCError.sessionClosed.hostError(attempt)) }
        defer { openingCut.lift() }
        let opened: WebSocketOpening.Opened
        do { opened = try await opening.perform(request) } catch {
            incoming.cancel()
            throw error
        }
        let sender = ByteSender(
            to: opened.stream, kind: .webSocket, windowBytes: settings.requestWindowBytes, attempt: attempt)
        let cut = endingWithSession {
            sender.abort()
            incoming.cancel()
            queue.finish(.failure(RPCError.sessionClosed.hostError(attempt)))
        }
        // Either side's end is the other's.
        queue.onCancel {
            cut.lift()
            sender.abort()
            incoming.cancel()
        }
        opening.onDrop {
            sender.abort()
            incoming.cancel()
        }
        Task {
            do { try await sender.pump(incoming, length: nil) } catch { incoming.cancel() }
            sender.abort()
        }
        return WebSocketResponse(protocols: opened.protocols, outgoing: ByteQueueReader(queue, of: self))
    }
}

/// The call that opens a web socket.
final class WebSocketOpening: @unchecked Sendable {
    // On the loop's thread only, after `perform`.
    struct Opened: Sendable {
        var protocols: [String]
        var stream: RPCCapability
    }
    typealias Reply = UnsafeContinuation<Result<Opened, HostError>, Never>

    private let target: RPCCapability
    private let session: CapnpWebSession
    private let receiver: WebSocketReceiver
    private let attempt: String
    private var reply: Reply?
    private var call: RPCCall?
    private var refusal: HostError?
    private var patience: WaitingForAnswers.Key?

    init(on target: RPCCapability, of session: CapnpWebSession, _ queue: ByteQueue, attempt: String) {
        self.target = target
        self.session = session
        self.attempt = attempt
        receiver = WebSocketReceiver(queue)
    }

    func perform(_ request: WebSocketRequest) async throws(HostError) -> Opened {
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { reply in target.loop.post { self.begin(request, reply) } }
        } onCancel: {
            abort(HostError(.cancelled, "\(attempt): the task was cancelled"))
        }
        return try result.get()
    }

    /// Gives up with `error`, unless the socket is open already. From any thread.
    func abort(_ error: HostError) {
        target.loop.post {
            self.refusal = error
            self.finish(.failure(error))
        }
    }

    /// Calls `body` when the app lets go of its end, at once when it has.
    func onDrop(_ body: @escaping @Sendable () -> Void) {
        target.loop.post { self.receiver.onDrop(body) }
    }

    private func begin(_ request: WebSocketRequest, _ reply: Reply) {
        self.reply = reply
        if let refusal { return finish(.failure(refusal)) }
        patience = session.answers?.add(self.attempt) { self.finish(.failure($0)) }
        let message = MessageBuilder(capacityWords: 96)
        let params = message.initRoot(Wire.WebSession.OpenWebSocketParams.self)
        params.setPath(request.path)
        params.initContext().fill(cookies: request.cookies, additionalHeaders: request.additionalHeaders)
        params.setProtocol(request.protocols)
        params.setClientStream(capability: 0)
        call = RPCCall.start(
            Wire.WebSession.Methods.openWebSocket, on: target, message, capabilities: [target.loop.export(receiver)]
        ) { answer in
            self.call = nil
            self.finish(answer.flatMap(self.opened).mapError { $0.hostError(self.attempt) })
        }
    }

    private func opened(_ message: RPCMessage) -> Result<Opened, RPCError> {
        do {
            try message.requireShort()
            let results = try message.reader.root(Wire.WebSession.OpenWebSocketResults.self)
            guard let stream = try results.serverStream.flatMap(message.capability) else {
                return .failure(RPCError(.failed, "it returned no stream"))
            }
            var protocols: [String] = []
            for name in try results.protocol { protocols.append(try name.text()) }
            return .success(Opened(protocols: protocols, stream: stream))
        } catch { return .failure(RPCError(answering: error)) }
    }

    private func finish(_ result: Result<Opened, HostError>) {
        session.answers?.remove(patience)
        call?.cancel()
        call = nil
        let waiting = reply
        reply = nil
        waiting?.resume(returning: result)
    }
}
