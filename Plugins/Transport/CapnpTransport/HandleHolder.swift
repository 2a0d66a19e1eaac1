import Synchronization

/// Keeps an object of the grain alive until it is dropped. From any thread.
final class HandleHolder: Sendable {
    private let capability: Mutex<RPCCapability?>

    init(_ capability: RPCCapability?) { self.capability = Mutex(capability) }

    /// The object, until it is dropped.
    var current: RPCCapability? { capability.withLock { $0 } }

    func drop() {
        let dropped = capability.withLock { held in
            defer { held = nil }
            return held
        }
        // Released outside the lock.
        _ = dropped
    }
}
