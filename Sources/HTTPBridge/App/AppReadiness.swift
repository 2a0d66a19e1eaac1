import Glibc

/// Waits until the app's port is open.
final class AppReadiness {
    private let app: AppServer
    private let log: Log
    private var timer: Timer?
    private var warning: Timer?
    private var delay: UInt64 = 500
    private var waiting: [() -> Void] = []
    private(set) var isOpen = false
    private var attempt: Int32 = -1
    private var watch: Watch?

    /// Microseconds between attempts, once the quick ones at the start have failed.
    private static let interval: UInt64 = 10_000

    init(of app: AppServer, log: Log) {
        self.app = app
        self.log = log
    }

    func start() {
        warning = Timer(on: app.loop, afterMicroseconds: 30_000_000) { [unowned self] in
            log.say("the app has not opened port \(app.port) for 30 seconds; still waiting")
        }
        retry()
    }

    /// Runs `action` when the port is open: now, or later.
    func whenOpen(_ action: @escaping () -> Void) {
        if isOpen { action() } else { waiting.append(action) }
    }

    private func retry() {
        timer = Timer(on: app.loop, afterMicroseconds: delay) { [unowned self] in tryOnce() }
        delay = min(delay * 2, Self.interval)
    }

    private func tryOnce() {
        attempt = app.connect()
        guard attempt >= 0 else { return retry() }
        // Refusal and success both make the socket writable; on loopback that is so at once.
        watch = Watch(attempt, for: .writable, on: app.loop) { [unowned self] _ in finishAttempt() }
    }

    private func finishAttempt() {
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(attempt, SOL_SOCKET, SO_ERROR, &problem, &size)
        watch?.cancel()
        watch = nil
        close(attempt)
        attempt = -1
        guard problem == 0 else { return retry() }
        isOpen = true
        timer = nil
        warning = nil
        let actions = waiting
        waiting = []
        for action in actions { action() }
    }
}
