import CCapnpRPC
import CapnProto

/// A message to be sent, with the capabilities that its pointers count.
public struct Payload {
    public let message: MessageBuilder
    public private(set) var capabilities: [Capability] = []
    /// Bytes that the first pointer of the root struct comes to point to, without being copied into `message` before. They stay the
    /// caller's and are read until the payload is sent.
    public var data: UnsafeBufferPointer<UInt8>?

    /// - Parameter capacityWords: Room to begin with; more is made when needed.
    public init(capacityWords: Int = 64) { message = MessageBuilder(capacityWords: capacityWords) }

    /// The place of a capability in the list.
    public mutating func index(of capability: Capability) -> UInt32 {
        capabilities.append(capability)
        return UInt32(truncatingIfNeeded: capabilities.count - 1)
    }

    public func withWire<Result>(_ body: (UnsafePointer<bcr_payload>) -> Result) -> Result {
        let handles: [OpaquePointer?] = capabilities.map(\.handle)
        return withExtendedLifetime(capabilities) {
            message.withFlatBytes { bytes in
                handles.withUnsafeBufferPointer { handles in
                    var payload = bcr_payload(
                        bytes: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), byte_count: bytes.count,
                        capabilities: handles.baseAddress, capability_count: handles.count,
                        data: data?.baseAddress, data_count: data?.count ?? 0)
                    return body(&payload)
                }
            }
        }
    }
}

/// A message that was received. Good only until the callback that lends it returns.
public struct ReceivedMessage {
    private let lent: UnsafePointer<bcr_message>
    public let reader: MessageReader

    /// The lender keeps the bytes; this owns nothing.
    private final class Lender {}

    public init(_ lent: UnsafePointer<bcr_message>, limits: ReaderLimits = .standard) throws(CallFailure) {
        self.lent = lent
        let bytes = UnsafeRawBufferPointer(start: lent.pointee.bytes, count: lent.pointee.byte_count)
        do {
            reader = try MessageReader(unsafeBytes: bytes, owner: Lender(), framing: .flat, limits: limits)
        } catch {
            throw CallFailure(bcr_failed, "read a message: \(error)")
        }
    }

    /// The capability at a place in the list; nil for null and for a place beyond the list.
    public func capability(_ index: UInt32?) -> Capability? {
        guard let index, let handle = bcr_message_capability(lent, index) else { return nil }
        return Capability(owning: handle)
    }
}
