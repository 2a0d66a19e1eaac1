import Barchan
import BarchanConformance
import BubblewrapIsolation
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct BubblewrapIsolationConformanceTests {
    @Test(arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider()) }
    }

    @Test("without Landlock", arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conformsWithoutLandlock(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["landlock": .boolean(false)])) }
    }
}
