import CCapnpRPC
import CapnProto
import GrainSchemas
import HTTP1

/// A request whose body comes in pieces. Its head is sent with the first of them, or with the statement of its length.
final class RequestUpload: RPCObject {
    /// Bytes kept for an app that reads slowly before the sender is held back.
    private static let windowBytes = 524_288

    private enum State {
        case waiting
        case sending(remaining: Int64?)
        case done
    }

    private let exchange: AppExchange
    private var head: RequestWriter
    private var state = State.waiting
    private var heldBack: [IncomingCall] = []
    private var wasAnswerWanted = false

    init(head: RequestWriter, exchange: AppExchange) {
        self.head = head
        self.exchange = exchange
        exchange.isWhole = false
        exchange.onDrained = { [weak self] in self?.letGo() }
    }

    func receive(_ call: IncomingCall, _ params: ReceivedMessage) throws(CallFailure) {
        do {
            if call.isCall(of: Wire.ByteStream.Methods.write) {
                try write(call, try params.reader.root(Wire.ByteStream.WriteParams.self).data)
            } else if call.isCall(of: Wire.ByteStream.Methods.expectSize) {
                try expect(params.reader.root(Wire.ByteStream.ExpectSizeParams.self).size)
                call.reply()
            } else if call.isCall(of: Wire.ByteStream.Methods.done) {
                try done()
                call.reply()
            } else if call.isCall(of: Wire.WebSession.RequestStream.Methods.getResponse) {
                try answer(call)
            } else {
                throw CallFailure.unimplemented(call)
            }
        } catch let failure as CallFailure {
            throw failure
        } catch {
            throw .failed("read the upload: \(error)")
        }
    }

    func dropped() {
        if case .done = state { return }
        exchange.cancel()
    }

    private func expect(_ size: UInt64) throws(CallFailure) {
        guard case .waiting = state else { return }
        guard let length = Int64(exactly: size) else { throw .failed("expectSize: \(size) bytes are too many") }
        start(length: length)
    }

    private func start(length: Int64?) {
        if let length {
            // Digits cannot end a line, so the writer cannot refuse them.
            try? head.field("Content-Length", String(length))
        } else {
            head.field("Transfer-Encoding", constant: "chunked")
        }
        head.finish()
        state = .sending(remaining: length)
        exchange.start(head.bytes)
    }

    private func write(_ call: IncomingCall, _ data: DataReader) throws(CallFailure) {
        if case .waiting = state { start(length: nil) }
        guard case .sending(let remaining) = state else { throw .failed("write: the upload is done already") }
        if let remaining {
            guard data.count <= remaining else { throw .failed("write: these are more bytes than were announced") }
            state = .sending(remaining: remaining - Int64(data.count))
            exchange.send(data.array)
        } else if data.count > 0 {
            exchange.send(ChunkWriter.header(for: data.count) + data.array + ChunkWriter.contentEnd)
        }
        if exchange.unsentBytes > Self.windowBytes {
            heldBack.append(call)
        } else {
            call.reply()
        }
    }

    private func done() throws(CallFailure) {
        if case .waiting = state { start(length: 0) }
        guard case .sending(let remaining) = state else { throw .failed("done: the upload is done already") }
        guard remaining ?? 0 == 0 else {
            exchange.cancel()
            throw .failed("done: these are fewer bytes than were announced")
        }
        if remaining == nil { exchange.send(ChunkWriter.bodyEnd) }
        exchange.isWhole = true
        state = .done
    }

    private func answer(_ call: IncomingCall) throws(CallFailure) {
        guard !wasAnswerWanted else { throw .failed("getResponse: it was called before") }
        wasAnswerWanted = true
        exchange.answer(call)
    }

    private func letGo() {
        let calls = heldBack
        heldBack = []
        for call in calls { call.reply() }
    }
}
