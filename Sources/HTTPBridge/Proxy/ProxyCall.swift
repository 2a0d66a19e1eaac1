import CapnProto
import GrainSchemas
import HTTP1

/// One request to a granted capability and the answer on its way to the client. Stays alive by itself until it is over.
final class ProxyCall {
    private let request: ProxyRequest
    private let connection: ProxyConnection
    private let loop: EventLoop
    /// An answer without a stated length to HTTP/1.0 ends with the connection.
    private let knowsChunks: Bool
    private var call: OutgoingCall?
    private var handle: Capability?
    /// The answer's head, until it is known how its body ends.
    private var head: [UInt8]?
    private var length: UInt64?
    private var isChunked = false
    /// What was written and answered before the call returned.
    private var early: [UInt8] = []
    /// Pieces behind that, which did not go on, with those that wait for that.
    private var held: [(bytes: [UInt8], call: IncomingCall)] = []
    private var hasBody = false
    private var isSent = false
    private var isDropped = false
    private var isOver = false

    /// Nil for a method that cannot be passed on.
    init?(
        _ head: RequestHead, path: String, body: [UInt8], on connection: ProxyConnection, _ loop: EventLoop
    ) throws(HTTPError) {
        guard let request = try ProxyRequest(head, path: path, body: body) else { return nil }
        self.request = request
        self.connection = connection
        self.loop = loop
        knowsChunks = head.minorVersion == 1
    }

    func start(_ target: Capability) {
        connection.onChange = { self.changed() }
        let stream = Capability(to: ProxyStream(self), on: loop)
        call = request.start(target, stream) { [self] result in
            call = nil
            returned(result)
        }
    }

    /// There is room at the client again, or it is gone.
    private func changed() {
        if connection.isOver { end() } else { pass() }
    }

    private func end() {
        isOver = true
        call?.cancel()
        call = nil
        handle = nil
        connection.onChange = nil
        for piece in held { piece.call.fail(.disconnected("nobody wants this any more")) }
        held = []
        early = []
    }

    // MARK: The answer

    private func returned(_ result: Result<ReceivedMessage, CallFailure>) {
        guard !isOver else { return }
        switch result {
        case .failure(let failure): connection.answer(failure.httpStatus, failure.text)
        case .success(let message):
            do {
                let isOptions = request.results == .options
                begin(
                    isOptions
                        ? try ProxyAnswer(options: message)
                        : try ProxyAnswer(message, isConditional: request.isConditional))
            } catch {
                connection.answer(502, "The answer cannot be passed on: \(error).")
            }
        }
        if connection.isOver { end() }
    }

    private func begin(_ answer: ProxyAnswer) {
        let head = Array("HTTP/1.1 \(answer.status) \r\nConnection: close\r\n".utf8) + answer.fields.bytes
        switch answer.body {
        case .none: connection.send(head + Array("\r\n".utf8))
        case .bytes(let bytes):
            let isUnknown = request.isHead && bytes.isEmpty
            let length = isUnknown ? "" : "Content-Length: \(bytes.count)\r\n"
            connection.send(head + Array("\(length)\r\n".utf8) + (request.isHead ? [] : bytes))
        case .stream where request.isHead: connection.send(head + Array("\r\n".utf8))
        case .stream(let handle):
            self.handle = handle
            self.head = head
            hasBody = true
            pass()
            return breakOff()
        }
        connection.finish()
    }

    /// Sends what can be sent: the head as soon as the body's length or first bytes are there.
    private func pass() {
        guard hasBody, !isOver else { return }
        if let head {
            guard length != nil || !early.isEmpty || !held.isEmpty || isSent else { return }
            self.head = nil
            isChunked = length == nil && knowsChunks
            let framing =
                length.map { "Content-Length: \($0)\r\n" } ?? (isChunked ? "Transfer-Encoding: chunked\r\n" : "")
            connection.send(head + Array("\(framing)\r\n".utf8))
        }
        // There may be room at once, and then this comes again while it sends.
        let first = early
        early = []
        send(first)
        while !held.isEmpty, connection.hasRoom {
            let (bytes, call) = held.removeFirst()
            send(bytes)
            call.reply()
        }
        guard held.isEmpty, isSent else { return }
        if isChunked { connection.send(ChunkWriter.bodyEnd) }
        connection.finish()
        end()
    }

    private func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        connection.send(isChunked ? ChunkWriter.header(for: bytes.count) + bytes + ChunkWriter.contentEnd : bytes)
    }

    // MARK: The body

    fileprivate func expect(_ length: UInt64) {
        if self.length == nil { self.length = length }
        pass()
    }

    fileprivate func write(_ bytes: [UInt8], _ call: IncomingCall) {
        guard !isOver else { return call.fail(.disconnected("nobody wants this any more")) }
        // Some wait for this before they return, and until then nothing can go on (specification, section 7.6).
        if !hasBody, early.count < ProxyConnection.windowBytes {
            early += bytes
            return call.reply()
        }
        held.append((bytes, call))
        pass()
    }

    fileprivate func done() {
        isSent = true
        pass()
    }

    fileprivate func streamDropped() {
        isDropped = true
        breakOff()
    }

    /// Without the end of the body something is missing, and the client has to see that.
    private func breakOff() {
        guard isDropped, hasBody, !isSent, !isOver else { return }
        connection.abort()
    }
}

/// Where the other side sends the answer's body.
private final class ProxyStream: RPCObject {
    private weak var call: ProxyCall?

    init(_ call: ProxyCall) { self.call = call }

    func receive(_ incoming: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        guard let call else { throw .disconnected("nobody wants this any more") }
        do {
            if incoming.isCall(of: Wire.ByteStream.Methods.write) {
                call.write(try params.reader.root(Wire.ByteStream.WriteParams.self).data.array, incoming)
            } else if incoming.isCall(of: Wire.ByteStream.Methods.expectSize) {
                call.expect(try params.reader.root(Wire.ByteStream.ExpectSizeParams.self).size)
                incoming.reply()
            } else if incoming.isCall(of: Wire.ByteStream.Methods.done) {
                call.done()
                incoming.reply()
            } else {
                throw CallFailure.unimplemented(incoming)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("read a piece of an answer: \(error)")
        }
    }

    func dropped() { call?.streamDropped() }
}
