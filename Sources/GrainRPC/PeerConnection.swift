import CCapnpRPC

/// A conversation over one socket.
public final class PeerConnection {
    private var handle: OpaquePointer?
    private let onDisconnect: (PeerConnection, String) -> Void

    /// - Parameter onDisconnect: Comes once, when the conversation ends by itself; it may let go of the connection.
    public init(
        _ descriptor: Int32, side: bcr_side, offering bootstrap: Capability, limits: bcr_limits = bcr_limits_default(),
        on loop: EventLoop, onDisconnect: @escaping (PeerConnection, String) -> Void
    ) {
        self.onDisconnect = onDisconnect
        let context = Unmanaged.passUnretained(self).toOpaque()
        var limits = limits
        handle = bcr_connection_create(
            loop.handle, descriptor, side, bootstrap.handle, &limits,
            { context, reason in
                guard let context else { return }
                let peer = Unmanaged<PeerConnection>.fromOpaque(context).takeUnretainedValue()
                peer.onDisconnect(peer, String(cString: reason.pointee.text))
            }, context)
    }

    deinit { if let handle { bcr_connection_close(handle) } }

    /// What the other end offers.
    public func bootstrap() -> Capability? {
        handle.map { Capability(owning: bcr_connection_bootstrap($0)) }
    }
}
