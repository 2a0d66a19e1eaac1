import CCapnpRPC
import CapnProto
import GrainSchemas

/// The conversation with the host.
final class HostConnection {
    private var handle: OpaquePointer?
    private let onDisconnect: (String) -> Void
    /// What the host offers to the app. Asked for at once, as hosts expect of this program.
    private(set) var sandstormAPI: Capability?

    init(
        _ descriptor: Int32, offering bootstrap: Capability, on loop: EventLoop,
        onDisconnect: @escaping (String) -> Void
    ) {
        self.onDisconnect = onDisconnect
        let context = Unmanaged.passUnretained(self).toOpaque()
        var limits = bcr_limits_default()
        let connection = bcr_connection_create(
            loop.handle, descriptor, bcr_client, bootstrap.handle, &limits,
            { context, reason in
                guard let context else { return }
                let host = Unmanaged<HostConnection>.fromOpaque(context).takeUnretainedValue()
                host.onDisconnect(String(cString: reason.pointee.text))
            }, context)
        handle = connection
        sandstormAPI = Capability(owning: bcr_connection_bootstrap(connection))
    }

    deinit { if let handle { bcr_connection_close(handle) } }
}
