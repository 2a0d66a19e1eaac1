import Barchan
import BarchanConformance
import Testing

/// The store that the kernel's tests stand on keeps what the interface promises of records.
@Suite struct MemoryStorageTests {
    @Test(arguments: StorageConformance.records) func conforms(_ check: StorageConformance.Check) async throws {
        try await check.run(on: MemoryStorage())
    }

    /// It forgets everything with its process, and says so by what it does not claim.
    @Test func claimsNoDurability() {
        #expect(MemoryStorage().guarantees.isDisjoint(with: [.crashSafe, .powerLossSafe]))
        #expect(!MemoryStorage().guarantees.isSuperset(of: RecordDurability.required))
    }
}
