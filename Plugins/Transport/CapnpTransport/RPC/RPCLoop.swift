import CCapnpRPC
import Glibc

/// A thread that runs one event loop. Everything of a connection happens on one of these.
///
/// The thread ends when nobody refers to this any more; what was posted by then has run.
final class RPCLoop: @unchecked Sendable {
    // Only `bcr_loop_post` and `bcr_loop_stop` are used off the thread, and those are made for that.
    let handle: OpaquePointer

    /// Nil when the kernel has no descriptor or thread left.
    init?() {
        let start = Start()
        var thread = pthread_t()
        let context = Unmanaged.passRetained(start)
        guard pthread_create(&thread, nil, RPCLoop.run, context.toOpaque()) == 0 else {
            context.release()
            return nil
        }
        pthread_detach(thread)
        guard let handle = start.wait() else { return nil }
        self.handle = handle
    }

    deinit { bcr_loop_stop(handle) }

    /// Runs `body` on the thread, in the order of posting.
    func post(_ body: @escaping () -> Void) {
        bcr_loop_post(
            handle, { Unmanaged<Posted>.fromOpaque(unwrapped($0)).takeRetainedValue().body() },
            Unmanaged.passRetained(Posted(body)).toOpaque())
    }

    private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        // A loop belongs to the thread that makes it.
        let handle = bcr_loop_create()
        Unmanaged<Start>.fromOpaque(unwrapped(context)).takeRetainedValue().tell(handle)
        guard let handle else { return nil }
        bcr_loop_run(handle)
        bcr_loop_free(handle)
        return nil
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
