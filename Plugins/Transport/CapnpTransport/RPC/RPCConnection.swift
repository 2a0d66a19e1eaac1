import CCapnpRPC

/// One socket. To be used on the loop's thread only.
final class RPCConnection {
    private var handle: OpaquePointer?
    private let loop: RPCLoop
    private let disconnected: (RPCError) -> Void
    private let takenBytes: () -> Int

    /// Takes over the descriptor.
    /// - Parameters:
    ///   - disconnected: Comes once when the conversation ends by itself.
    ///   - takenBytes: How much of what the peer sent somebody has taken so far; that does not count against its calls.
    init(
        _ descriptor: CInt, _ side: bcr_side, bootstrap: RPCCapability?, limits: bcr_limits, on loop: RPCLoop,
        takenBytes: @escaping () -> Int = { 0 }, disconnected: @escaping (RPCError) -> Void
    ) {
        self.loop = loop
        self.disconnected = disconnected
        self.takenBytes = takenBytes
        var limits = limits
        limits.taken_bytes = { context in
            UInt64(Unmanaged<RPCConnection>.fromOpaque(unwrapped(context)).takeUnretainedValue().takenBytes())
        }
        handle = bcr_connection_create(
            loop.handle, descriptor, side, bootstrap?.handle, &limits,
            { context, reason in
                Unmanaged<RPCConnection>.fromOpaque(unwrapped(context)).takeUnretainedValue().disconnected(
                    RPCError(reason))
            },
            // Closing comes before the last reference goes, see `close`.
            Unmanaged.passUnretained(self).toOpaque())
    }

    /// What the peer offers.
    func bootstrap() -> RPCCapability? {
        handle.map { RPCCapability(owning: bcr_connection_bootstrap($0), on: loop) }
    }

    /// Hands everything said so far to the kernel.
    func flush() {
        if let handle { bcr_connection_flush(handle) }
    }

    /// Ends the conversation. Must be called before this is let go of; a second call does nothing.
    func close() {
        guard let handle else { return }
        self.handle = nil
        bcr_connection_close(handle)
    }
}
