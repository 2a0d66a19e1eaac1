/// A thread of the host that waits for many things at once and does what is due.
///
/// The host lends its loops to the modules that talk to sockets. What two of them do for one request on the same loop costs no
/// hop between threads. Nothing that runs on a loop may wait or compute for long: everybody else on it waits too.
public protocol HostLoop: AnyObject, Sendable {
    /// Whether the caller runs on the loop's thread.
    var isCurrent: Bool { get }

    /// Runs `body` on the thread, in the order of posting. From any thread.
    func post(_ body: @escaping @Sendable () -> Void)

    // The rest is for the loop's own thread only.

    /// Calls `ready` with the events of a descriptor (epoll_ctl(2); `EPOLLERR` and `EPOLLHUP` come always).
    ///
    /// Cancel before the descriptor is closed.
    /// - Returns: Nil when the kernel refuses.
    func watch(
        _ descriptor: CInt, for events: UInt32, _ ready: @escaping (_ events: UInt32) -> Void
    ) -> (any LoopEntry)?

    /// Calls `body` once, when `nanoseconds` have passed.
    func after(nanoseconds: UInt64, _ body: @escaping () -> Void) -> any LoopEntry

    /// Calls `body` each time before the thread waits: for what is better done once for many events.
    /// - Parameter body: Returns whether it has more to do, which it is called again for.
    func beforeWaiting(_ body: @escaping () -> Bool) -> any LoopEntry
}

/// Something that a loop was asked for.
public protocol LoopEntry: AnyObject {
    /// It does not come any more. On the loop's thread; a second call does nothing.
    func cancel()
}
