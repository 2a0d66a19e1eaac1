import Glibc

/// Time, as the kernel sees it; tests bring their own.
public protocol HostClock: Sendable {
    /// Time since a fixed moment; never goes back.
    func now() -> Duration
    /// Seconds since 1970-01-01T00:00:00Z.
    func wallSeconds() -> Int64
    /// Returns after `duration`, or at once when the task is cancelled.
    func sleep(for duration: Duration) async
}

/// The machine's clock.
public struct SystemHostClock: HostClock {
    public init() {}

    public func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    public func wallSeconds() -> Int64 { Int64(time(nil)) }

    public func sleep(for duration: Duration) async { try? await Task.sleep(for: duration, clock: .continuous) }
}
