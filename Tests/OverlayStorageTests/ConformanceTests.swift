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
}
