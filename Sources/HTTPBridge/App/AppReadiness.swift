import Glibc

/// Waits until the app's port is open, but not for ever: from then on each request finds out by itself.
final class AppReadiness {
    /// Long enough for apps in Java or with a database of their own.
    static let patienceSeconds: UInt32 = 120

    private let app: AppServer
    private let log: Log
    private let patienceSeconds: UInt32
    private var timer: Timer?
    private var warning: Timer?
    private var limit: Timer?
    private var delay: UInt64 = 500
    private var waiting: [() -> Void] = []
    /// The port is open, or nobody waits for it any more.
    private(set) var isDecided = false
    private var attempt: Int32 = -1
    private var watch: Watch?

    /// Microseconds between attempts, once the quick ones at the start have failed.
    private static let interval: UInt64 = 10_000

    init(of app: AppServer, patienceSeconds: UInt32, log: Log) {
        self.app = app
        self.patienceSeconds = patienceSeconds
        self.log = log
    }

    func start() {
        warning = Timer(on: app.loop, afterMicroseconds: 30_000_000) { [unowned self] in
            log.say("the app has not opened port \(app.port) for 30 seconds; still waiting")
        }
        limit = Timer(on: app.loop, afterMicroseconds: UInt64(patienceSeconds) * 1_000_000) { [unowned self] in
            log.say(
                "the app has not opened port \(app.port) for \(patienceSeconds) seconds; requests fail until it does")
            decide()
        }
        retry()
    }

    /// Runs `action` when requests can be sent, or shall fail: now, or later.
    func whenDecided(_ action: @escaping () -> Void) {
        if isDecided { action() } else { waiting.append(action) }
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
        endAttempt()
        if problem == 0 { decide() } else { retry() }
    }

    private func endAttempt() {
        watch?.cancel()
        watch = nil
        if attempt >= 0 { close(attempt) }
        attempt = -1
    }

    private func decide() {
        endAttempt()
        isDecided = true
        timer = nil
        warning = nil
        limit = nil
        let actions = waiting
        waiting = []
        for action in actions { action() }
    }
}
