import CLinux
import Glibc
import SandboxProtocol

/// Where sandboxes that are being made note the moments of their start, for the launcher to read.
///
/// Memory shared with the launcher, because a message would cost each start a system call and a wake-up. It belongs to our
/// own code before a program is executed; executing one takes the memory away.
final class StartClock {
    private let slots: UnsafeMutablePointer<UInt64>
    private var free: [Int]

    /// The moments, and one place more for ``StartSlot/grain``.
    private static let marks = StartMark.allCases.count + 1
    /// More sandboxes than this in the making at once have no marks.
    private static let count = 256

    init() throws(LaunchFailure) {
        let size = StartClock.count * StartClock.marks * MemoryLayout<UInt64>.stride
        let flags = MAP_SHARED | MAP_ANONYMOUS
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            throw LaunchFailure(.launcherSetup, errno)
        }
        slots = memory.bindMemory(to: UInt64.self, capacity: size)
        free = Array(0..<StartClock.count)
    }

    /// A slot with nothing noted. Nil when all are taken.
    func take() -> StartSlot? {
        guard let index = free.popLast() else { return nil }
        let moments = slots + index * StartClock.marks
        moments.update(repeating: 0, count: StartClock.marks)
        return StartSlot(index: index, moments: moments)
    }

    /// What was noted; the slot is free afterwards. Call when its process has executed its program or is gone.
    func release(_ slot: StartSlot) -> StartMarks {
        var marks = StartMarks()
        for mark in StartMark.allCases { marks[mark] = slot.moments[mark.rawValue] }
        free.append(slot.index)
        return marks
    }
}

/// The moments of one start.
struct StartSlot {
    fileprivate let index: Int
    fileprivate let moments: UnsafeMutablePointer<UInt64>

    /// The host's number of the grain that the sandbox was told to start, by whomever; 0 before that.
    var grain: UInt64 {
        get { moments[StartMark.allCases.count] }
        nonmutating set { moments[StartMark.allCases.count] = newValue }
    }

    func note(_ mark: StartMark, _ moment: UInt64 = StartSlot.now()) { moments[mark.rawValue] = moment }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
