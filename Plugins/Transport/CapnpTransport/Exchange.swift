import Barchan
import CCapnpRPC
import CapnProto

/// One call and its web answer. After `begin`, everything happens on the loop's thread: one hop there, one back.
final class Exchange: PendingRequest, @unchecked Sendable {
    typealias Reply = (Result<WebResponse, HostError>) -> Void

    let queue: ByteQueue
    private let target: RPCCapability
    /// Lives at least as long as an answer of its flows.
    private let session: CapnpWebSession
    private var cut: Membrane.Key?
    private var patience: WaitingForAnswers.Key?
    private let request: RequestAttempt
    private var attempt: String { request.text }
    private let startNanoseconds: UInt64
    private let pingNanoseconds: UInt64
    private var reply: Reply?
    private var call: RPCCall?
    private var timer: OpaquePointer?
    private var refusal: HostError?
    private var streamed: ReceivedResponse?

    /// - Parameter request: What is tried, for errors.
    init(
        on target: RPCCapability, of session: CapnpWebSession, queue: ByteQueue, settings: CapnpTransportSettings,
        for request: RequestAttempt
    ) {
        self.target = target
        self.session = session
        self.queue = queue
        self.request = request
        startNanoseconds = UInt64(settings.streamStartMilliseconds) * 1_000_000
        pingNanoseconds = UInt64(settings.handlePingMilliseconds) * 1_000_000
    }

    /// Sends `message`. The capability for the answer's body is made here unless the app has it already.
    ///
    /// - Parameter next: What is sent from here on comes after `message`.
    func perform(
        _ message: RequestMessage, offersStream: Bool = true, then next: () -> Void = {}
    ) async throws(HostError) -> WebResponse {
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                start(message, offersStream: offersStream) { continuation.resume(returning: $0) }
                next()
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }

    /// The same without a task. `reply` comes once, on the loop's thread, after this has returned.
    func start(_ message: RequestMessage, offersStream: Bool = true, _ reply: @escaping Reply) {
        // What fails at once would come too early.
        guard target.loop.host.isCurrent, refusal == nil, session.membrane.ending == nil else {
            return target.loop.post { self.begin(message, offersStream, reply) }
        }
        begin(message, offersStream, reply)
    }

    func cancel() { abort(HostError(.cancelled, "\(attempt): the request was cancelled")) }

    /// Gives up with `error`, unless the answer is there already. From any thread.
    func abort(_ error: HostError) {
        target.loop.post { self.finish(.failure(error)) }
    }

    /// The app has taken a piece of the request. On the loop's thread.
    func renewPatience() { session.answers?.renew(patience) }

    private func begin(_ message: RequestMessage, _ offersStream: Bool, _ reply: @escaping Reply) {
        if let refusal { return reply(.failure(refusal)) }
        self.reply = reply
        cut = session.membrane.onEnd { error in self.finish(.failure(error.hostError(self.attempt))) }
        guard self.reply != nil else { return }
        patience = session.answers?.add(self.attempt) { self.finish(.failure($0)) }
        let capabilities = offersStream ? [target.loop.export(ResponseStream(queue))] : []
        call = message.start(target, capabilities) { answer in
            self.call = nil
            self.returned(answer, message.results)
        }
    }

    private func returned(_ answer: Result<RPCMessage, RPCError>, _ results: RequestMessage.Results) {
        switch answer {
        case .failure(let error): finish(.failure(error.hostError(attempt)))
        case .success(let message):
            do {
                if results == .options { return finish(.success(WebResponse(.options(try DAVOptions(message))))) }
                let received = try ReceivedResponse(message)
                if received.isStream { return wait(received) }
                // Nobody would ever read what an app sends to the stream besides.
                queue.cancel()
                finish(.success(received.response))
            } catch { finish(.failure(RPCError(answering: error).hostError(attempt))) }
        }
    }
}

// MARK: Streamed answers

extension Exchange {
    /// Holds the head back until the app has said how long the body is or sent some of it, but not for long: an event
    /// stream may have nothing to say for hours.
    private func wait(_ received: ReceivedResponse) {
        streamed = received
        let context = Unmanaged.passRetained(self).toOpaque()
        timer = bcr_timer_start(
            target.loop.handle, startNanoseconds,
            { Unmanaged<Exchange>.fromOpaque(unwrapped($0)).takeUnretainedValue().release() }, context)
        queue.onStart { self.release() }
    }

    private func release() {
        guard var received = streamed, case .content(let status, var content) = received.response.outcome else {
            return
        }
        streamed = nil
        content.body = .stream(ByteQueueReader(queue, of: session), length: queue.length)
        received.response.outcome = .content(status: status, content)
        // The app works on the body while somebody holds its handle.
        let handle = received.streamHandle
        received.streamHandle = nil
        let holder = HandleHolder(handle)
        let ping = HandlePing(holder, on: target.loop, everyNanoseconds: pingNanoseconds) { [queue, request] in
            queue.finish(.failure(HostError(.disconnected, "\(request.text): whoever made the answer is gone")))
        }
        let stopPing = UncheckedSendable(ping.stop)
        let flow = session.endingWithSession { [queue, request] in
            queue.finish(.failure(RPCError.sessionClosed.hostError(request.text)))
            holder.drop()
        }
        queue.onCancel { [loop = target.loop] in
            holder.drop()
            flow.lift()
            loop.post { stopPing.value() }
        }
        finish(.success(received.response))
    }

    private func finish(_ result: Result<WebResponse, HostError>) {
        if let timer {
            self.timer = nil
            bcr_timer_free(timer)
            Unmanaged.passUnretained(self).release()
        }
        session.membrane.forget(cut)
        cut = nil
        session.answers?.remove(patience)
        streamed = nil
        call?.cancel()
        call = nil
        guard let reply else {
            if case .failure(let error) = result { refusal = error }
            return
        }
        self.reply = nil
        if case .failure = result { queue.cancel() }
        reply(result)
    }
}
