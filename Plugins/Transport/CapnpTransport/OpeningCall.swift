import CapnProto

/// A call that opens something to send to: a request stream.
final class OpeningCall: @unchecked Sendable {
    // On the loop's thread only, after `perform`.
    private let target: RPCCapability
    private let queue: ByteQueue
    private var reply: UnsafeContinuation<Result<RPCCapability, RPCError>, Never>?
    private var call: RPCCall?
    private var isCancelled = false

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
            target.loop.post { self.cancel() }
        }
    }

    private func begin(_ message: RequestMessage, _ reply: UnsafeContinuation<Result<RPCCapability, RPCError>, Never>) {
        self.reply = reply
        guard !isCancelled else { return cancel() }
        call = message.start(target, message.params, [target.loop.export(ResponseStream(queue))]) { answer in
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

    private func cancel() {
        isCancelled = true
        finish(.failure(RPCError(.failed, "the task was cancelled")))
    }

    private func finish(_ result: Result<RPCCapability, RPCError>) {
        call?.cancel()
        call = nil
        let waiting = reply
        reply = nil
        waiting?.resume(returning: result)
    }
}
