import Barchan
import Foundation
import Synchronization
import Testing

@testable import BarchanControl

@Suite(.timeLimit(.minutes(10))) struct LogQueueTests {
    /// Somebody who reads nothing until the test says so.
    private final class Reader: Sendable {
        let lines = Mutex<[String]>([])
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)

        func take(_ message: LogMessage) {
            begun.signal()
            gate.wait()
            lines.withLock { $0.append(message.text) }
        }
    }

    @Test func nobodyWaitsForWhoReadsTheLog() throws {
        let queue = try LogQueue(), reader = Reader()
        let log = LogOutput.log(from: .info, through: queue) { reader.take($0) }
        log(.info, "first")
        reader.begun.wait()
        // One is being written; these wait, and the last have no room.
        for number in 0..<LogQueue.capacity + 5 { log(.info, "\(number)") }
        log(.debug, "not asked for")
        queue.finish(within: .zero)
        #expect(reader.lines.withLock { $0.isEmpty })
        for _ in 0..<LogQueue.capacity + 2 { reader.gate.signal() }
        queue.finish(within: .seconds(300))
        let lines = reader.lines.withLock { $0 }
        #expect(lines.prefix(3) == ["first", "0", "1"])
        #expect(lines.last == "5 lines of the log were lost, because nobody read it")
        #expect(lines.count == LogQueue.capacity + 2)
    }

    @Test func linesTakeNoMoreThanSoManyBytes() throws {
        let queue = try LogQueue(), reader = Reader()
        let log = LogOutput.log(from: .info, through: queue) { reader.take($0) }
        log(.info, "first")
        reader.begun.wait()
        let long = String(repeating: "x", count: LogQueue.byteCapacity / 4)
        for _ in 0..<10 { log(.info, long) }
        for _ in 0..<6 { reader.gate.signal() }
        queue.finish(within: .seconds(300))
        #expect(reader.lines.withLock { $0.last } == "6 lines of the log were lost, because nobody read it")
        // What is written makes room.
        reader.gate.signal()
        log(.info, "last")
        queue.finish(within: .seconds(300))
        #expect(reader.lines.withLock { $0.last } == "last")
    }
}
