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

    /// Bytes written that the kernel has not taken, because the other end does not read as fast.
    public var unsentBytes: Int { handle.map { bcr_connection_unsent($0) } ?? 0 }

    /// Calls `action` once, later, when the kernel has taken everything or the conversation is over.
    public func whenDrained(_ action: @escaping () -> Void) {
        guard let handle else { return }
        bcr_connection_when_drained(
            handle,
            { context in
                guard let context else { return }
                Unmanaged<DrainAction>.fromOpaque(context).takeRetainedValue().run()
            }, Unmanaged.passRetained(DrainAction(action)).toOpaque())
    }

    /// What the other end offers.
    public func bootstrap() -> Capability? {
        handle.map { Capability(owning: bcr_connection_bootstrap($0)) }
    }
}

private final class DrainAction {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
