import Glibc
import NIOCore

/// What the connections of one event loop share.
final class LoopContext: TaskExecutor, @unchecked Sendable {
    let eventLoop: any EventLoop
    // Touched on the loop only.
    private var ready: [UnownedJob] = []
    private var isRunning = false
    private var dateSecond: time_t = 0
    private var dateLine: [UInt8] = []

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs requests where their sockets are: a hop to another thread and back costs more than most requests.
    ///
    /// A request comes back here from every actor it asks. That is a place in a list then, not a task of the event loop.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if eventLoop.inEventLoop, isRunning { return ready.append(job) }
        eventLoop.execute { self.run(job) }
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
            eventLoop.execute { self.run(job) }
            index += 1
        }
        ready.removeAll(keepingCapacity: true)
    }

    /// `Date: …` with its line end, made anew once a second.
    func currentDateLine() -> [UInt8] {
        let now = time(nil)
        if now != dateSecond {
            dateSecond = now
            dateLine = Array("Date: \(HTTPClock.text(now))\r\n".utf8)
        }
        return dateLine
    }
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
