import Barchan
import BarchanConformance
import BubblewrapIsolation
import OCIIsolation
import Testing

/// A back end whose sandboxes another program makes.
struct Runtime: Sendable, CustomTestStringConvertible {
    let plugin: Plugin
    let program: String
    var settings: [String: SettingValue] { ["program": .string(program)] }
    var testDescription: String { program }

    static let all = [
        Runtime(plugin: .bubblewrap, program: "/usr/bin/bwrap"), Runtime(plugin: .oci, program: "/usr/bin/crun"),
        Runtime(plugin: .oci, program: "/usr/sbin/runc"),
    ]
}

@Suite(.serialized, .timeLimit(.minutes(10)))
struct RuntimeConformanceTests {
    /// What these modules promise wherever they work, and what else where the machine has it.
    private static let claims: Set<Guarantee> = [
        .privateFileSystem, .readOnlyPackage, .noNetwork, .privateProcesses, .privateIPC, .syscallFilter,
        .noCapabilities, .noKernelFileSystems, .completeTermination, .processLimit, .ownIdentity,
    ]
    private static let limits: Set<Guarantee> = [
        .memoryLimit, .processorWeight, .ioWeight, .freezing, .virtualizedCalls,
    ]

    private static func checks(of claims: Set<Guarantee>) -> [ConformanceCheck<any IsolationProvider>] {
        IsolationConformance.checks(probe: Programs.path("sandbox-probe")).filter { $0.required.isSubset(of: claims) }
    }

    @Test(arguments: Runtime.all) func everyWallIsPromised(_ runtime: Runtime) async throws {
        try await skipping {
            let promised = try await Machine.provider(of: runtime.plugin, runtime.settings).guarantees
            #expect(promised.isSuperset(of: Self.claims))
            #expect(promised.subtracting(Self.claims).isSubset(of: Self.limits.union([.landlock])))
        }
    }

    @Test(arguments: Runtime.all, checks(of: claims.union(limits).union([.landlock])))
    func conforms(_ runtime: Runtime, _ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(of: runtime.plugin, runtime.settings)) }
    }

    @Test("without Landlock", arguments: Runtime.all, checks(of: claims.union(limits)))
    func conformsWithoutLandlock(
        _ runtime: Runtime, _ check: ConformanceCheck<any IsolationProvider>
    ) async throws {
        try await skipping {
            try await check.run(
                on: Machine.provider(
                    of: runtime.plugin, runtime.settings.merging(["landlock": .boolean(false)]) { $1 }))
        }
    }

    @Test(arguments: Runtime.all) func attemptsEndAsPromised(_ runtime: Runtime) async throws {
        try await skipping {
            let suite = IsolationSuite(probe: Programs.path("sandbox-probe")) {
                try await Machine.provider(of: runtime.plugin, runtime.settings)
            }
            let broken = try await suite.attempts().filter { !$0.held }
            #expect(broken.isEmpty, "\(broken.map { "\($0.name): \($0.found)" })")
        }
    }
}
