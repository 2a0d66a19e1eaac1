import Barchan
import BarchanConformance
import NamespaceIsolation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct NamespaceIsolationConformanceTests {
    /// Every check but those of guarantees that are not given so.
    private static func checks(without guarantees: Set<Guarantee> = []) -> [ConformanceCheck<any IsolationProvider>] {
        IsolationConformance.checks(probe: Programs.path("sandbox-probe")).filter {
            $0.required.isDisjoint(with: guarantees.union([.unixSocketsOnly]))
        }
    }

    @Test(arguments: checks())
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider()) }
    }

    @Test("without sandboxes made ahead", arguments: checks())
    func conformsWithoutPool(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping {
            try await check.run(on: Machine.provider(["poolSize": .integer(0), "parked": .integer(0)]))
        }
    }

    @Test("in sandboxes that wait", arguments: checks())
    func conformsParked(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping {
            let (provider, launcher, directory) = try await Machine.watchedProvider(["parked": .integer(4)])
            try await check.run(on: ParkedProvider(provider, launcher))
            _ = directory
        }
    }

    @Test("without virtualized calls", arguments: checks(without: [.virtualizedCalls]))
    func conformsWithoutVirtualizedCalls(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["virtualizedCalls": .boolean(false)])) }
    }

    @Test("without Landlock", arguments: checks(without: [.landlock]))
    func conformsWithoutLandlock(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["landlock": .boolean(false)])) }
    }
}
