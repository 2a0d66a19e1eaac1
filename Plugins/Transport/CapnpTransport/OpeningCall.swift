import Barchan
import CapnProto

/// A call that opens something to send to: a request stream.
final class OpeningCall: @unchecked Sendable {
    typealias Reply = UnsafeContinuation<Result<RPCCapability?, HostError>, Never>

    // On the loop's thread only, after `perform`.
    private let target: RPCCapability
    private let session: CapnpWebSession
    private let queue: ByteQueue
    private let attempt: String
    private var reply: Reply?
    private var call: RPCCall?
    private var refusal: HostError?
    private var patience: WaitingForAnswers.Key?

    init(on target: RPCCapability, of session: CapnpWebSession, _ queue: ByteQueue, attempt: String) {
        self.target = target
        self.session = session
        self.queue = queue
        self.attempt = attempt
    }

    /// Nil when the app does not know the call.
    func perform(_ message: RequestMessage) async -> Result<RPCCapability?, HostError> {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { reply in
                target.loop.post { self.begin(message, reply) }
            }
        } onCancel: {
            abort(HostError(.cancelled, "\(attempt): the request was cancelled"))
        }
    }

    /// Gives up with `error`, unless the stream is there already. From any thread.
    func abort(_ error: HostError) {
        target.loop.post {
            self.refusal = error
            self.finish(.failure(error))
        }
    }

    private func begin(_ message: RequestMessage, _ reply: Reply) {
        self.reply = reply
        if let refusal { return finish(.failure(refusal)) }
        patience = session.answers?.add(self.attempt) { self.finish(.failure($0)) }
        call = message.start(target, [target.loop.export(ResponseStream(queue))]) { answer in
            self.call = nil
            switch answer.flatMap(Self.stream) {
            case .success(let stream): self.finish(.success(stream))
            case .failure(let error) where error.meansNotImplemented: self.finish(.success(nil))
            case .failure(let error): self.finish(.failure(error.hostError(self.attempt)))
            }
        }
    }

    private static func stream(_ message: RPCMessage) -> Result<RPCCapability, RPCError> {
        // Both streaming methods return the stream in their first pointer.
        do {
            guard let index = try message.reader.root.structure().pointer(0).capability(),
                let stream = message.capability(index)
            else { return .failure(RPCError(.failed, "it returned no stream")) }
            return .success(stream)
        } catch { return .failure(RPCError(error)) }
    }

    private func finish(_ result: Result<RPCCapability?, HostError>) {
        session.answers?.remove(patience)
        call?.cancel()
        call = nil
        let waiting = reply
        reply = nil
        waiting?.resume(returning: result)
    }
}
