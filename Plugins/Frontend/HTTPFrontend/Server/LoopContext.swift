import Barchan
import EventLoops
import Glibc

/// What the connections of one loop share.
final class LoopContext: TaskExecutor, @unchecked Sendable {
    let host: any HostLoop
    /// Filled and emptied within one turn.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    // Touched on the loop only.
    private var ready: [UnownedJob] = []
    private var isRunning = false
    private var dateSecond: time_t = 0
    private var dateLine: [UInt8] = []

    init(_ host: any HostLoop) { self.host = host }

    deinit { readBuffer.deallocate() }

    /// Runs requests where their sockets are: a hop to another thread and back costs more than most requests.
    ///
    /// A request comes back here from every actor it asks. That is a place in a list then, not a task of the loop.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if host.isCurrent, isRunning { return ready.append(job) }
        host.post { self.run(job) }
    }

    private func run(_ first: UnownedJob) {
        isRunning = true
        first.runSynchronously(on: asUnownedTaskExecutor())
        var index = 0
        // Sockets get their turn also where tasks call one another for ever.
        while index < min(ready.count, 64) {
            ready[index].runSynchronously(on: asUnownedTaskExecutor())
            index += 1
        }
        isRunning = false
        while index < ready.count {
            let job = ready[index]
            host.post { self.run(job) }
            index += 1
        }
        ready.removeAll(keepingCapacity: true)
    }

    /// Adds `Date: …` with its line end, made anew once a second.
    func appendDateLine(to buffer: inout [UInt8]) {
        let now = time(nil)
        if now != dateSecond {
            dateSecond = now
            dateLine = Array("Date: \(HTTPClock.text(now))\r\n".utf8)
        }
        buffer.append(contentsOf: dateLine)
    }
}

/// The loops that connections are on.
final class ServerLoops: Sendable {
    let contexts: [LoopContext]

    /// The host's loops, or `count` of its own when that is not 0 or the host lends none.
    init(lent: [any HostLoop], count: Int) throws(HostError) {
        var loops = count == 0 ? lent : []
        while loops.count < max(count, loops.isEmpty ? LoopThread.processorCount : 1) {
            guard let loop = LoopThread() else {
                throw HostError(.resourceExhausted, "start to serve: the kernel has no descriptor or thread left")
            }
            loops.append(loop)
        }
        contexts = loops.map(LoopContext.init)
    }

    /// Nil for a loop that is none of these.
    func context(of host: any HostLoop) -> LoopContext? { contexts.first { $0.host === host } }
}

extension Duration {
    /// Negative ones count as 0.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 ? 0 : UInt64(seconds) &* 1_000_000_000 &+ UInt64(max(0, attoseconds / 1_000_000_000))
    }
}

/// The clock of the loops, in nanoseconds.
func uptimeNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}

/// Dates as HTTP writes them.
enum HTTPClock {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; seconds since 1970, those beyond the year 9999 count as its end.
    static func text(_ seconds: Int) -> String {
        var moment = time_t(min(max(seconds, 0), 253_402_300_799))
        var parts = tm()
        gmtime_r(&moment, &parts)
        let day = days[Int(parts.tm_wday) % 7], month = months[Int(parts.tm_mon) % 12]
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day), \(two(parts.tm_mday)) \(month) \(Int(parts.tm_year) + 1900) \(clock) GMT"
    }

    private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
