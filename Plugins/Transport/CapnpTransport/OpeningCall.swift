import CapnProto

/// A call that opens something to send to: a request stream.
final class OpeningCall: @unchecked Sendable {
    // On the loop's thread only, after `perform`.
    private let target: RPCCapability
    private let queue: ByteQueue
    private var reply: UnsafeContinuation<Result<RPCCapability, RPCError>, Never>?
    private var call: RPCCall?
    private var refusal: RPCError?

    init(on target: RPCCapability, _ queue: ByteQueue) {
        self.target = target
        self.queue = queue
    }

    func perform(_ message: RequestMessage) async -> Result<RPCCapability, RPCError> {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { reply in
                target.loop.post { self.begin(message, reply) }
            }
        } onCancel: {
            abort(RPCError(.failed, "the task was cancelled"))
        }
    }

    /// Gives up with `error`, unless the stream is there already. From any thread.
    func abort(_ error: RPCError) {
        target.loop.post {
            self.refusal = error
            self.finish(.failure(error))
        }
    }

    private func begin(_ message: RequestMessage, _ reply: UnsafeContinuation<Result<RPCCapability, RPCError>, Never>) {
        self.reply = reply
        if let refusal { return finish(.failure(refusal)) }
        call = message.start(target, [target.loop.export(ResponseStream(queue))]) { answer in
            self.call = nil
            self.finish(answer.flatMap(Self.stream))
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

    private func finish(_ result: Result<RPCCapability, RPCError>) {
        call?.cancel()
        call = nil
        let waiting = reply
        reply = nil
        waiting?.resume(returning: result)
    }
}
