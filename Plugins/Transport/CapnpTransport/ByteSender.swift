import Barchan
import CapnProto
import GrainSchemas

/// Sends bytes to an object of the grain, a window ahead of its answers. One caller at a time.
final class ByteSender: @unchecked Sendable {
    // Used on the loop's thread only, but for what is constant.
    typealias Reply = UnsafeContinuation<Result<Void, HostError>, Never>
    enum Kind { case byteStream, webSocket }

    private let loop: RPCLoop
    private let kind: Kind
    private let windowBytes: Int
    private let attempt: String
    private let onAnswer: () -> Void
    private var target: RPCCapability?
    private var unacknowledgedBytes = 0
    private var failure: HostError?
    private var waiting: Reply?
    private var waitsForAll = false

    /// - Parameter onAnswer: Comes on the loop's thread whenever a piece was taken.
    init(
        to target: RPCCapability, kind: Kind, windowBytes: Int, attempt: String, onAnswer: @escaping () -> Void = {}
    ) {
        self.onAnswer = onAnswer
        self.target = target
        loop = target.loop
        self.kind = kind
        self.windowBytes = windowBytes
        self.attempt = attempt
    }

    /// Sends everything `reader` gives, then lets go of the target.
    func pump(_ reader: any ByteReader, length: Int64?) async throws(HostError) {
        if let length { try await run { self.start(expecting: length, $0) } }
        while let chunk = try await reader.next() {
            try await run { self.start(sending: chunk, $0) }
        }
        try await run { self.start(finishing: $0) }
    }

    /// Gives up; whoever waits fails. From any thread.
    func abort() {
        loop.post { self.fail(HostError(.cancelled, "\(self.attempt): given up")) }
    }

    private func run(_ body: @escaping (Reply) -> Void) async throws(HostError) {
        let result = await withUnsafeContinuation { reply in loop.post { body(reply) } }
        try result.get()
    }
}

// MARK: On the loop's thread

extension ByteSender {
    private func start(expecting length: Int64, _ reply: Reply) {
        let message = MessageBuilder(capacityWords: 4)
        message.initRoot(Wire.ByteStream.ExpectSizeParams.self).setSize(UInt64(clamping: length))
        // Says only what is to come; who does not know it takes the bytes all the same.
        send(Wire.ByteStream.Methods.expectSize, message, byteCount: 0, isOptional: true, reply)
    }

    private func start(sending bytes: [UInt8], _ reply: Reply) {
        let message = MessageBuilder(capacityWords: bytes.count / 8 + 4)
        switch kind {
        case .byteStream:
            message.initRoot(Wire.ByteStream.WriteParams.self).setData(bytes)
            send(Wire.ByteStream.Methods.write, message, byteCount: bytes.count, reply)
        case .webSocket:
            message.initRoot(Wire.WebSession.WebSocketStream.SendBytesParams.self).setMessage(bytes)
            send(Wire.WebSession.WebSocketStream.Methods.sendBytes, message, byteCount: bytes.count, reply)
        }
    }

    private func start(finishing reply: Reply) {
        waitsForAll = true
        if kind == .byteStream {
            let message = MessageBuilder(capacityWords: 1)
            _ = message.initRoot(Wire.ByteStream.DoneParams.self)
            // Counts as a byte so that the end waits for its answer.
            send(Wire.ByteStream.Methods.done, message, byteCount: 1, reply)
        } else {
            settle(reply)
        }
        target = nil
    }

    private func send<Params: StructSchema, Results: StructSchema>(
        _ method: Method<Params, Results>, _ message: MessageBuilder, byteCount: Int, isOptional: Bool = false,
        _ reply: Reply
    ) {
        guard failure == nil, let target else { return settle(reply) }
        unacknowledgedBytes += byteCount
        RPCCall.start(method, on: target, message) { answer in
            self.unacknowledgedBytes -= byteCount
            self.onAnswer()
            if case .failure(let error) = answer, !(isOptional && error.meansNotImplemented) {
                return self.fail(error.hostError(self.attempt))
            }
            if let waiting = self.waiting {
                self.waiting = nil
                self.settle(waiting)
            }
        }
        settle(reply)
    }

    private func settle(_ reply: Reply) {
        if let failure {
            reply.resume(returning: .failure(failure))
        } else if unacknowledgedBytes <= (waitsForAll ? 0 : windowBytes) {
            reply.resume(returning: .success(()))
        } else {
            waiting = reply
        }
    }

    private func fail(_ error: HostError) {
        if failure == nil { failure = error }
        target = nil
        if let waiting {
            self.waiting = nil
            settle(waiting)
        }
    }
}
