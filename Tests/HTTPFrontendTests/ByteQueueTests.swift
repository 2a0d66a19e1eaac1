import Testing

@testable import HTTPFrontend

/// A client that is a little slower than what comes for it never empties the queue; that must not keep all that has gone through.
@Suite struct ByteQueueTests {
    @Test func whatIsTakenIsNotKept() {
        var queue = ByteQueue([UInt8](repeating: 0, count: 1_000), from: 100)
        for round in 0..<1_000 {
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1_000)
            queue.append(piece[...])
            queue.drop(1_000)
            #expect(queue.count == 900)
            #expect(queue.keptCount <= 3_000)
        }
    }

    @Test func theOrderIsKept() {
        var queue = ByteQueue(), next: UInt8 = 0, taken: UInt8 = 0
        for round in 0..<500 {
            let piece = (0..<(round % 7)).map { UInt8($0) &+ next }
            next = next &+ UInt8(piece.count)
            if round.isMultiple(of: 2) { queue.append(piece[...]) } else { piece.withUnsafeBytes { queue.append($0) } }
            for byte in queue.take(min(queue.count, round % 5)) {
                #expect(byte == taken)
                taken = taken &+ 1
            }
        }
    }
}
