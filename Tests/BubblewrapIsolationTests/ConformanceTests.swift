import Barchan
import BarchanConformance
import BubblewrapIsolation
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct BubblewrapIsolationConformanceTests {
    /// What the module promises wherever it works.
    static let claims: Set<Guarantee> = [
        .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
        .noCapabilities, .noKernelFileSystems, .completeTermination, .processLimit,
    ]

    private static func checks(of claims: Set<Guarantee>) -> [ConformanceCheck<any IsolationProvider>] {
        IsolationConformance.checks(probe: Programs.path("sandbox-probe")).filter { $0.required.isSubset(of: claims) }
    }

    @Test func everyWallIsPromised() async throws {
        try await skipping {
            let promised = try await Machine.provider().guarantees
            #expect(promised.isSuperset(of: Self.claims))
            #expect(promised.subtracting(Self.claims).isSubset(of: [.landlock, .memoryLimit, .freezing]))
        }
    }

    @Test(arguments: checks(of: claims.union([.landlock, .memoryLimit, .freezing])))
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider()) }
    }

    @Test("without Landlock", arguments: checks(of: claims))
    func conformsWithoutLandlock(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(["landlock": .boolean(false)])) }
    }

    /// The probe's attempts; those that end otherwise are known gaps of the module's README.
    @Test func attemptsEndAsPromisedButThese() async throws {
        try await skipping {
            let suite = IsolationSuite(probe: Programs.path("sandbox-probe")) { try await Machine.provider() }
            let broken = try await suite.attempts().filter { !$0.held }
            let gaps = ["processes.peer.descriptor", "needs.messages.queue", "ipc.queueNameIsFree"]
            #expect(Set(broken.map(\.name)) == Set(gaps), "\(broken.map { "\($0.name): \($0.found)" })")
        }
    }
}
