import Barchan
import Synchronization

/// Whose app it is that a grain runs.
struct AppUse: Hashable, Sendable {
    let app: AppID
    let owner: AccountID
}

/// How often grains failed to start of late. A start costs more than anything else that a grain can have for nothing, so an app
/// whose grains fail again and again gets its next one later; the same app is everybody else's as before. What the host, the
/// machine or a back end is at fault for is no failure of an app's.
final class FailedStarts: Sendable {
    /// As many may fail in quick succession.
    static let atOnce = 5
    /// An app that ends sooner after its start has failed to start.
    static let shortestLife = Duration.seconds(10)
    private static let maximumCount = 10_000

    private let clock: any HostClock
    /// What one failure costs.
    private let pause: Duration
    /// When all failures of an app are forgiven. However many fail at once, the next try is no further away than the pause.
    private let forgiven = Mutex<[AppUse: Duration]>([:])

    /// - Parameter restartPause: Between a failed start of a grain and its next; zero for no bound at all.
    init(restartPause: Duration, clock: any HostClock) {
        pause = restartPause * FailedStarts.atOnce
        self.clock = clock
    }

    /// - Throws: ``HostError`` `.resourceExhausted` while the grains of `use` fail too often.
    func require(_ use: AppUse, to attempt: String) throws(HostError) {
        let end = forgiven.withLock { $0[use] } ?? .zero
        let wait: Duration = end - clock.now() - pause * (FailedStarts.atOnce - 1)
        guard wait > .zero else { return }
        let (whole, fraction) = wait.components, seconds = whole + (fraction > 0 ? 1 : 0)
        throw HostError(
            .resourceExhausted,
            "\(attempt): grains of this app failed to start, or ended within \(FailedStarts.shortestLife.components.seconds) "
                + "seconds, \(FailedStarts.atOnce) times in a short time; their logs say why; the next try is possible in "
                + "\(seconds) seconds", retryAfter: .seconds(seconds))
    }

    /// Whether a start that failed so is the app's failure.
    static func isOfApp(_ error: HostError) -> Bool { [.failed, .invalidArgument].contains(error.code) }

    /// A grain of `use` has failed to start, or has ended soon after.
    func note(_ use: AppUse) {
        let now = clock.now()
        forgiven.withLock { forgiven in
            if forgiven.count >= FailedStarts.maximumCount { forgiven = forgiven.filter { $0.value > now } }
            forgiven[use] = min(max(forgiven[use] ?? now, now) + pause, now + pause * FailedStarts.atOnce)
        }
    }
}
