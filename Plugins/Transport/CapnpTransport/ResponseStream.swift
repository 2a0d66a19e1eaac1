import Barchan
import CapnProto
import GrainSchemas

/// The stream an app may send its answer's body to. Calls may come before the answer itself.
final class ResponseStream: RPCServer {
    let queue: ByteQueue
    let lendsData = true

    init(_ queue: ByteQueue) { self.queue = queue }

    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming) {
        do {
            switch (interfaceID, method) {
            case (Wire.ByteStream.interfaceID, Wire.ByteStream.Methods.write.ordinal):
                queue.write(try bytes(of: params), incoming)
            case (Wire.ByteStream.interfaceID, Wire.ByteStream.Methods.done.ordinal):
                queue.finish(.success(()))
                incoming.reply()
            case (Wire.ByteStream.interfaceID, Wire.ByteStream.Methods.expectSize.ordinal):
                queue.expect(size: try params.reader.root(Wire.ByteStream.ExpectSizeParams.self).size)
                incoming.reply()
            default:
                incoming.fail(RPCError(.unimplemented, "a byte stream has no method \(method) of \(interfaceID)"))
            }
        } catch { incoming.fail(RPCError(error)) }
    }

    private func bytes(of params: RPCMessage) throws(MessageError) -> [UInt8] {
        if let data = params.data { return [UInt8](data) }
        return try params.reader.root(Wire.ByteStream.WriteParams.self).data.array
    }

    func dropped() {
        queue.finish(.failure(HostError(.disconnected, "read an answer: the app went away before its end")))
    }
}

/// The stream an app sends its web socket frames to.
final class WebSocketReceiver: RPCServer {
    let queue: ByteQueue
    let lendsData = true
    private var isDropped = false
    private var told: (() -> Void)?

    init(_ queue: ByteQueue) { self.queue = queue }

    /// Calls `body` when the app lets go of this, at once when it has. On the loop's thread.
    func onDrop(_ body: @escaping () -> Void) {
        if isDropped { body() } else { told = body }
    }

    func called(_ interfaceID: UInt64, _ method: UInt16, _ params: RPCMessage, _ incoming: RPCIncoming) {
        let sendBytes = Wire.WebSession.WebSocketStream.Methods.sendBytes
        guard interfaceID == sendBytes.interfaceID, method == sendBytes.ordinal else {
            return incoming.fail(RPCError(.unimplemented, "a web socket has no method \(method) of \(interfaceID)"))
        }
        do {
            if let data = params.data { return queue.write([UInt8](data), incoming) }
            let params = try params.reader.root(Wire.WebSession.WebSocketStream.SendBytesParams.self)
            queue.write(try params.message.array, incoming)
        } catch { incoming.fail(RPCError(error)) }
    }

    /// Apps close a web socket by letting go of it.
    func dropped() {
        isDropped = true
        queue.finish(.success(()))
        told?()
        told = nil
    }
}
