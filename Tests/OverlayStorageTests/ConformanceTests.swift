import Barchan
import BarchanConformance
import OverlayStorage
import Testing

@Suite struct OverlayStorageConformanceTests {
    @Test(arguments: StorageConformance.checks)
    func conforms(_ check: StorageConformance.Check) async throws {
        let scratch = try Scratch()
        try await check.run(on: try await scratch.storage())
    }

    @Test func keepsWhatItAcknowledgedAcrossKills() async throws {
        let scratch = try Scratch()
        #expect(try await scratch.storage().guarantees.isSuperset(of: RecordDurability.required))
        var acknowledged: [Int] = [], next = 0
        for round in 0..<5 {
            let worker = try WorkerProcess("durability", scratch.path, "\(next)")
            for _ in 0..<(5 + round * 9) { acknowledged.append(try #require(Int(try await worker.value("durable ")))) }
            worker.kill()
            // What was said between the last line read and the kill counts, too.
            while let line = await worker.line() {
                acknowledged += Int(line.dropFirst("durable ".count)).map { [$0] } ?? []
            }
            next = try await RecordDurability.verify(acknowledged, in: try await scratch.storage().records)
        }
        #expect(acknowledged.count > 100)
    }
}
