import CCapnpRPC

/// A capability that is not known yet: calls on it wait. On the loop's thread only.
final class RPCPromise {
    let capability: RPCCapability
    private var fulfiller: OpaquePointer?

    init(on loop: RPCLoop) {
        capability = RPCCapability(owning: bcr_promise_create(loop.handle, &fulfiller), on: loop)
    }

    deinit {
        if let fulfiller { bcr_fulfiller_reject(fulfiller, bcr_failed, "the object never came to be") }
    }

    /// Only the first call counts.
    func resolve(_ capability: RPCCapability) {
        guard let fulfiller else { return }
        self.fulfiller = nil
        bcr_fulfiller_resolve(fulfiller, capability.handle)
    }
}
