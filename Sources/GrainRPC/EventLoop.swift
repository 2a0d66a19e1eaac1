import CCapnpRPC

/// The one loop of this process.
public struct EventLoop {
    public let handle: OpaquePointer

    /// Nil when the kernel gives no descriptors for it.
    public init?() {
        guard let handle = bcr_loop_create() else { return nil }
        self.handle = handle
    }

    /// Runs for the life of the process.
    public func run() { bcr_loop_run(handle) }
}

/// Calls its action once, some time from now, unless it goes before.
public final class Timer {
    private var handle: OpaquePointer?
    private let action: () -> Void

    public init(on loop: EventLoop, afterMicroseconds delay: UInt64, _ action: @escaping () -> Void) {
        self.action = action
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle = bcr_timer_start(
            loop.handle, delay * 1_000,
            { context in
                guard let context else { return }
                let timer = Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue()
                timer.action()
            }, context)
    }

    deinit { if let handle { bcr_timer_free(handle) } }
}

/// Calls its action while a descriptor is ready, until it is cancelled or goes.
///
/// The descriptor stays the caller's. Cancel before closing it: the action, while it runs, keeps the watch alive.
public final class Watch {
    public struct Readiness: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let readable = Readiness(rawValue: UInt32(bcr_readable.rawValue))
        public static let writable = Readiness(rawValue: UInt32(bcr_writable.rawValue))
        public static let hungUp = Readiness(rawValue: UInt32(bcr_hung_up.rawValue))
    }

    private var handle: OpaquePointer?
    private let action: (Readiness) -> Void
    public var interest: Readiness {
        didSet { if let handle, interest != oldValue { bcr_watch_set_interest(handle, interest.rawValue) } }
    }

    /// Nil when the descriptor cannot be watched.
    public init?(
        _ descriptor: Int32, for interest: Readiness, on loop: EventLoop, _ action: @escaping (Readiness) -> Void
    ) {
        self.interest = interest
        self.action = action
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle = bcr_watch_create(
            loop.handle, descriptor, interest.rawValue,
            { context, readiness in
                guard let context else { return }
                // The action may drop the last reference to the watch.
                let watch = Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue()
                watch.action(Readiness(rawValue: readiness))
            }, context)
        if handle == nil { return nil }
    }

    deinit { cancel() }

    public func cancel() {
        if let handle { bcr_watch_free(handle) }
        handle = nil
    }
}
