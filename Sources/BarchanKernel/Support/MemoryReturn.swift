import Barchan
import CLinux
import Glibc
import Synchronization

/// Gives memory back to the system that ended grains and installations have made the host take.
///
/// malloc(3) keeps what is freed for the next time, page by page between what is still in use: after a flood of calls, or some dozen
/// uploads that were broken off, that is hundreds of megabytes that nobody else can have. malloc_trim(3) gives the free pages back. It
/// holds up who allocates meanwhile, so it is called seldom, only when it is worth it, and on a thread of its own.
final class MemoryReturn: Sendable {
    /// From a grain's end on: its connections are being taken down meanwhile.
    static let delay = Duration.seconds(10)
    static let interval = Duration.seconds(90)
    /// What less than this have come to be resident since the last time may stay.
    static let worthwhileBytes: Int64 = 16 << 20

    private struct State {
        var isPlanned = false
        var notBefore = Duration.zero
        /// What stays resident as far as is known.
        var usualBytes: Int64
    }

    private let clock: any HostClock
    private let residentBytes: @Sendable () -> Int64
    private let trim: @Sendable () -> Void
    private let state: Mutex<State>

    init(
        clock: any HostClock, residentBytes: @escaping @Sendable () -> Int64 = MemoryReturn.residentBytes,
        trim: @escaping @Sendable () -> Void = { malloc_trim(0) }
    ) {
        self.clock = clock
        self.residentBytes = residentBytes
        self.trim = trim
        state = Mutex(State(usualBytes: residentBytes()))
    }

    /// A grain or an installation has ended. Any number of them soon after each other are one occasion.
    /// - Returns: What comes of it; nil when an earlier end is the occasion.
    @discardableResult
    func noteEnd() -> Task<Void, Never>? {
        let pause = state.withLock { state -> Duration? in
            guard !state.isPlanned else { return nil }
            state.isPlanned = true
            return max(MemoryReturn.delay, state.notBefore - clock.now())
        }
        guard let pause else { return nil }
        return Task {
            await clock.sleep(for: pause)
            state.withLock { state in
                state.isPlanned = false
                state.notBefore = clock.now() + MemoryReturn.interval
            }
            // When no thread can be had, the next end is the next occasion.
            _ = try? await OwnThread.run { [self] in giveBack() }
        }
    }

    private func giveBack() {
        let usual = state.withLock { $0.usualBytes }
        var resident = residentBytes()
        if resident - usual >= MemoryReturn.worthwhileBytes {
            trim()
            resident = residentBytes()
        } else {
            resident = min(resident, usual)
        }
        state.withLock { $0.usualBytes = resident }
    }

    /// What of this process is in memory (proc(5), statm); 0 where that cannot be read.
    static func residentBytes() -> Int64 {
        let fields = MemoryPressure.text(of: "/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else { return 0 }
        return pages * Int64(sysconf(CInt(_SC_PAGESIZE)))
    }
}
