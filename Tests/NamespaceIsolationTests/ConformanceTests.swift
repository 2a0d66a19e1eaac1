import Barchan
import BarchanConformance
import NamespaceIsolation
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct NamespaceIsolationConformanceTests {
    @Test(arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider()) }
    }

    @Test("without sandboxes made ahead", arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conformsWithoutPool(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping {
            try await check.run(on: Machine.provider(["poolSize": .integer(0), "parked": .integer(0)]))
        }
    }

    @Test("in sandboxes that wait", arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conformsParked(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping {
            let (provider, launcher, directory) = try await Machine.watchedProvider(["parked": .integer(4)])
            try await check.run(on: ParkedProvider(provider, launcher))
            _ = directory
        }
    }

    @Test("without virtualized calls", arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conformsWithoutVirtualizedCalls(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["virtualizedCalls": .boolean(false)])) }
    }

    @Test("without Landlock", arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe")))
    func conformsWithoutLandlock(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["landlock": .boolean(false)])) }
    }
}
