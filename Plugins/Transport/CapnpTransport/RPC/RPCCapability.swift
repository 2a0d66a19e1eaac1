import CCapnpRPC
import CapnProto
import Glibc

/// A reference to an object of the grain or of this host. Released on its loop, wherever the last user lets go of it.
final class RPCCapability: @unchecked Sendable {
    // The handle is touched on the loop's thread only.
    let handle: OpaquePointer
    let loop: RPCLoop

    /// Takes over one reference.
    init(owning handle: OpaquePointer, on loop: RPCLoop) {
        self.handle = handle
        self.loop = loop
    }

    deinit {
        let handle = handle
        bcr_loop_post(
            loop.handle, { bcr_capability_release(OpaquePointer(unwrapped($0))) }, UnsafeMutableRawPointer(handle))
    }
}

/// A message that was received, readable until the callback it was given to returns.
struct RPCMessage {
    let reader: MessageReader
    let capability: (UInt32) -> RPCCapability?
    let capabilityCount: Int
    /// Bytes that the first pointer of the root would point to, lent where there are many: see ``RPCServer/lendsData``.
    let data: UnsafeRawBufferPointer?
    private let bytes: UnsafeRawBufferPointer

    init(_ message: UnsafePointer<bcr_message>, on loop: RPCLoop) throws(MessageError) {
        bytes = UnsafeRawBufferPointer(start: message.pointee.bytes, count: message.pointee.byte_count)
        capabilityCount = message.pointee.capability_count
        data = message.pointee.data.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.data_count) }
        reader = try MessageReader(unsafeBytes: bytes, owner: loop, framing: .flat)
        capability = { index in
            bcr_message_capability(message, index).map { RPCCapability(owning: $0, on: loop) }
        }
    }

    var byteCount: Int { bytes.count }

    /// What an app may say besides a body: the header fields of an answer. As much as a browser takes or more.
    static let maximumHeadBytes = 65_536

    /// - Throws: ``RPCError`` when the message says more than `maximum` besides `bodyBytes`: whoever makes header lines of it
    ///   would keep others waiting.
    func requireShort(besides bodyBytes: Int = 0, maximum: Int = RPCMessage.maximumHeadBytes) throws(RPCError) {
        let count = bytes.count - bodyBytes
        guard count > maximum else { return }
        throw RPCError(.failed, "its answer says \(count) bytes besides a body, and \(maximum) are allowed")
    }

    /// Calls `body` with the message as it is, but for the capabilities.
    func withPayload<Result>(
        carrying capabilities: [RPCCapability?], _ body: (UnsafePointer<bcr_payload>) -> Result
    ) -> Result {
        let handles: [OpaquePointer?] = capabilities.map { $0?.handle }
        defer { withExtendedLifetime(capabilities) {} }
        return handles.withUnsafeBufferPointer { handles in
            var payload = bcr_payload(
                bytes: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), byte_count: bytes.count,
                capabilities: handles.baseAddress, capability_count: handles.count, data: nil, data_count: 0)
            return body(&payload)
        }
    }
}

/// An exception of the wire.
struct RPCError: Error, Equatable {
    enum Kind: UInt32 { case failed = 0, overloaded, disconnected, unimplemented }

    /// As much of a grain's words as is passed on.
    static let maximumTextBytes = 1024

    var kind: Kind
    var text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    init(_ error: UnsafePointer<bcr_error>) {
        kind = Kind(rawValue: error.pointee.kind.rawValue) ?? .failed
        let words = UnsafeRawBufferPointer(
            start: error.pointee.text, count: min(strlen(error.pointee.text), Self.maximumTextBytes))
        text = String(decoding: words, as: UTF8.self)
    }

    init(_ error: MessageError) { self.init(.failed, "the message cannot be read: \(error)") }

    var code: bcr_error_kind { bcr_error_kind(kind.rawValue) }
}

/// Calls `body` with `message` and its capabilities as the facade takes them.
func withPayload<Result>(
    _ message: MessageBuilder, _ capabilities: [RPCCapability], _ body: (UnsafePointer<bcr_payload>) -> Result
) -> Result {
    let handles: [OpaquePointer?] = capabilities.map(\.handle)
    defer { withExtendedLifetime(capabilities) {} }
    return handles.withUnsafeBufferPointer { handles in
        message.withFlatBytes { bytes in
            var payload = bcr_payload(
                bytes: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), byte_count: bytes.count,
                capabilities: handles.baseAddress, capability_count: handles.count, data: nil, data_count: 0)
            return body(&payload)
        }
    }
}
