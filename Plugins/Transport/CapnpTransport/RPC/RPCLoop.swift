import Barchan
import CCapnpRPC
import CLinux
import EventLoops
import Glibc

/// The RPC on one of the host's loops. Everything of a connection happens on one of these.
///
/// It ends when nobody refers to this any more; what was posted by then has run.
final class RPCLoop: @unchecked Sendable {
    // Only `bcr_loop_post` is used off the thread, and that is made for it.
    let handle: OpaquePointer
    let host: any HostLoop
    private let place: Place

    /// A loop on a thread of its own. Nil when the kernel has no descriptor or thread left.
    convenience init?() {
        guard let thread = LoopThread() else { return nil }
        self.init(on: thread)
    }

    /// Must not be called on the loop's thread. Nil when the kernel has no descriptor left; a thread has one of these at most.
    init?(on host: any HostLoop) {
        let start = Start(), place = Place()
        // A loop belongs to the thread that makes it.
        host.post { start.tell(place.begin(on: host)) }
        guard let handle = start.wait() else { return nil }
        self.handle = handle
        self.host = host
        self.place = place
    }

    deinit { host.post { [place] in place.end() } }

    /// Runs `body` on the thread, in the order of posting.
    func post(_ body: @escaping () -> Void) {
        bcr_loop_post(
            handle, { Unmanaged<Posted>.fromOpaque(unwrapped($0)).takeRetainedValue().body() },
            Unmanaged.passRetained(Posted(body)).toOpaque())
    }
}

/// What the host's loop knows of the RPC on it. On its thread only.
private final class Place: @unchecked Sendable {
    private var watch: (any LoopEntry)?
    private var hook: (any LoopEntry)?
    private var isReadable = false
    private var handle: OpaquePointer?

    /// Nil when the kernel has no descriptor left.
    func begin(on host: any HostLoop) -> OpaquePointer? {
        guard let handle = bcr_loop_create_driven() else { return nil }
        watch = host.watch(bcr_loop_descriptor(handle), for: EPOLLIN.rawValue) { [unowned self] _ in isReadable = true }
        guard watch != nil else {
            bcr_loop_free(handle)
            return nil
        }
        hook = host.beforeWaiting { [unowned self] in
            defer { isReadable = false }
            return bcr_loop_turn(handle, isReadable)
        }
        self.handle = handle
        return handle
    }

    func end() {
        guard let handle else { return }
        self.handle = nil
        while bcr_loop_turn(handle, true) {}
        watch?.cancel()
        hook?.cancel()
        bcr_loop_free(handle)
    }
}

/// Hands the loop from its thread to the one that asked for it.
private final class Start: @unchecked Sendable {
    // The semaphore orders the accesses.
    private var ready = sem_t()
    private var handle: OpaquePointer?

    init() { sem_init(&ready, 0, 0) }
    deinit { sem_destroy(&ready) }

    func tell(_ handle: OpaquePointer?) {
        self.handle = handle
        sem_post(&ready)
    }

    func wait() -> OpaquePointer? {
        while sem_wait(&ready) != 0 {}
        return handle
    }
}

private final class Posted {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}

/// A context that the facade hands back as it was given.
func unwrapped(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer {
    guard let context else { preconditionFailure("the facade returns the context it was given") }
    return context
}
