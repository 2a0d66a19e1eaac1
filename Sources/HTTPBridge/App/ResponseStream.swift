import CapnProto
import GrainSchemas

/// The body of an answer on its way to the host, a bounded amount of it at a time.
final class ResponseStream {
    /// Bytes that may be under way before the app is held back.
    static let windowBytes = 524_288

    private let sink: Capability
    private var underWay = 0
    private let onChange: (ResponseStream) -> Void
    private(set) var failure: CallFailure?

    /// - Parameter onChange: Comes when there is room again, and when the host wants no more.
    init(to sink: Capability, onChange: @escaping (ResponseStream) -> Void) {
        self.sink = sink
        self.onChange = onChange
    }

    var hasRoom: Bool { underWay < Self.windowBytes }

    func expect(_ size: Int64) {
        let payload = Payload()
        payload.message.initRoot(Wire.ByteStream.ExpectSizeParams.self).setSize(UInt64(size))
        OutgoingCall(sink, Wire.ByteStream.Methods.expectSize, payload) { _ in }
    }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        var payload = Payload(capacityWords: 4)
        _ = payload.message.initRoot(Wire.ByteStream.WriteParams.self)
        payload.data = bytes
        let count = bytes.count
        underWay += count
        OutgoingCall(sink, Wire.ByteStream.Methods.write, payload) { [self] result in
            underWay -= count
            if case .failure(let failure) = result { self.failure = failure }
            onChange(self)
        }
    }

    /// The body is complete. Without this the host knows that something is missing.
    func finish() {
        let payload = Payload()
        _ = payload.message.initRoot(Wire.ByteStream.DoneParams.self)
        OutgoingCall(sink, Wire.ByteStream.Methods.done, payload) { _ in }
    }
}
