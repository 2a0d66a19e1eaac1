import Barchan
import Synchronization

/// What the kernel counts since it began to run.
final class HostCounters: Sendable {
    let grainStarts = Atomic<Int>(0)
    let failedStarts = Atomic<Int>(0)
    let grainCrashes = Atomic<Int>(0)
    let sessionsOpened = Atomic<Int>(0)
    let logins = Atomic<Int>(0)
    let refusedLogins = Atomic<Int>(0)
    let failedBackups = Atomic<Int>(0)
    /// When the last backup was made that the host makes by itself, in seconds since 1970; 0 for never.
    let lastBackup = Atomic<Int64>(0)
    let startTimes = DurationHistogram(bounds: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10])

    /// A backup of that time is there.
    func noteBackup(at seconds: Int64) { lastBackup.max(seconds, ordering: .relaxed) }

    /// Of the backups that the host makes by itself.
    var backupFigures: [HostFigure] {
        let last = lastBackup.load(ordering: .relaxed)
        return [
            HostFigure(
                "barchan_backup_failures_total", "Backups by the host that failed", .counter,
                [.init(Double(failedBackups.load(ordering: .relaxed)))]),
            HostFigure(
                "barchan_backup_last_success_timestamp_seconds", "Last backup by the host", .gauge,
                [.init(Double(last))]),
        ]
    }

    var figures: [HostFigure] {
        func counter(_ name: String, _ summary: String, _ value: borrowing Atomic<Int>) -> HostFigure {
            HostFigure(name, summary, .counter, [.init(Double(value.load(ordering: .relaxed)))])
        }
        return [
            counter("barchan_grain_starts_total", "Grains that were started", grainStarts),
            counter("barchan_grain_start_failures_total", "Starts of grains that failed", failedStarts),
            counter("barchan_grain_crashes_total", "Grains that ended by themselves", grainCrashes),
            counter("barchan_sessions_opened_total", "Tabs that were opened", sessionsOpened),
            counter("barchan_logins_total", "Logins", logins),
            counter("barchan_logins_refused_total", "Attempts to log in that were refused", refusedLogins),
            startTimes.figure("barchan_grain_start_seconds", "From a grain's start to what it says of itself"),
        ]
    }
}

/// How long something took, by upper bounds.
final class DurationHistogram: Sendable {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: Seconds, ascending.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func note(_ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += seconds
        }
    }

    func figure(_ name: String, _ summary: String) -> HostFigure {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0, samples: [HostFigure.Sample] = []
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            samples.append(.init(Double(total), labels: [KeyValue("le", bound)], suffix: "_bucket"))
        }
        samples.append(.init(sum, suffix: "_sum"))
        samples.append(.init(Double(total), suffix: "_count"))
        return HostFigure(name, summary, .histogram, samples)
    }
}
