import Barchan
import Synchronization

/// How often something may happen, by name; in memory.
final class RateLimits: Sendable {
    private static let maximumNames = 10_000

    private let clock: any HostClock
    private let windows = Mutex<[String: (end: Duration, count: Int)]>([:])

    init(clock: any HostClock) { self.clock = clock }

    /// - Returns: Whether it may happen once more; it is counted then.
    func take(_ name: String, limit: Int, every period: Duration) -> Bool {
        let now = clock.now()
        return windows.withLock { windows in
            if windows.count >= RateLimits.maximumNames { windows = windows.filter { $0.value.end > now } }
            // Nothing is forgotten before its time: then nothing new is let through.
            guard windows.count < RateLimits.maximumNames || windows[name] != nil else { return false }
            var window = windows[name] ?? (now + period, 0)
            if window.end <= now { window = (now + period, 0) }
            guard window.count < limit else { return false }
            window.count += 1
            windows[name] = window
            return true
        }
    }
}
