import Barchan
import BarchanConformance
import Testing

/// The example in Python, through the module.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ExternalIsolationConformanceTests {
    private static let claims: Set<Guarantee> = [
        .privateFileSystem, .readOnlyPackage, .noNetwork, .privateIPC, .noCapabilities,
        .noKernelFileSystems, .completeTermination, .processLimit, .ownIdentity,
    ]
    private static let checks = IsolationConformance.checks(probe: Programs.path("sandbox-probe"))

    @Test func whatTheProgramClaimsIsWhatIsClaimed() async throws {
        try await skipping {
            #expect(try await Machine.provider(.example).guarantees == Self.claims)
            #expect(
                try await Machine.provider(.filtered).guarantees
                    == Self.claims.union([.syscallFilter, .privateProcesses]))
            let alone = try await Machine.provider(.example, ["contained": .boolean(false)])
            #expect(alone.guarantees == Self.claims.subtracting([.completeTermination]))
        }
    }

    @Test(arguments: checks.filter { $0.required.isSubset(of: claims) })
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(.example)) }
    }

    @Test(
        "behind the host's filter",
        arguments: checks.filter { $0.required.isSubset(of: claims.union([.syscallFilter, .privateProcesses])) })
    func conformsBehindTheFilter(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(.filtered)) }
    }

    @Test("without a pid namespace around it", arguments: checks.filter { $0.required.isEmpty })
    func conformsAlone(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping {
            try await check.run(on: Machine.provider(.example, ["contained": .boolean(false)]))
        }
    }
}
