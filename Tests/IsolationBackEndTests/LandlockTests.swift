import Barchan
import BarchanConformance
import Glibc
import LandlockIsolation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct LandlockIsolationConformanceTests {
    private static let claims: Set<Guarantee> = [
        .privateFileSystem, .readOnlyPackage, .noKernelFileSystems, .noCapabilities, .syscallFilter, .landlock,
        .unixSocketsOnly,
    ]

    /// By control groups, where there are any.
    private static let limits: Set<Guarantee> = [
        .memoryLimit, .processLimit, .processorWeight, .ioWeight, .freezing, .virtualizedCalls, .completeTermination,
    ]

    @Test func nothingElseIsPromised() async throws {
        try await skipping {
            let promised = try await Machine.provider(of: .landlock).guarantees
            #expect(promised.isSuperset(of: Self.claims))
            #expect(promised.subtracting(Self.claims).isSubset(of: Self.limits))
        }
    }

    @Test(
        arguments: IsolationConformance.checks(probe: Programs.path("sandbox-probe"))
            .filter { $0.required.isSubset(of: claims.union(limits)) })
    func conforms(_ check: ConformanceCheck<any IsolationProvider>) async throws {
        try await skipping { try await check.run(on: Machine.provider(of: .landlock)) }
    }
}

@Suite(.timeLimit(.minutes(10)))
struct WardenTests {
    private func running() async throws -> (IsolationTrial, RunningTrial) {
        let trial = try IsolationTrial(await Machine.provider(of: .landlock), probe: Programs.path("sandbox-probe"))
        let running = try await trial.start(["descendants", "ignore", "wait"])
        try require(await running.output.line() == "descendants 3", "the probe does not run")
        return (trial, running)
    }

    /// Not a promise, because a fork bomb is faster; what daemons do, it copes with.
    @Test func daemonsEndWithTheirSandbox() async throws {
        try await skipping {
            let (_, running) = try await running()
            await running.sandbox.terminate()
            _ = await running.output.rest()
        }
    }

    @Test func daemonsEndWithTheProvider() async throws {
        try await skipping {
            var output: TrialOutput?
            do { output = try await running().1.output }
            _ = await output?.rest()
        }
    }

    @Test func noMountIsLeftInTheHostsTable() async throws {
        try await skipping {
            let (trial, running) = try await running()
            let table = try String(decoding: bytes(of: "/proc/self/mountinfo"), as: UTF8.self)
            #expect(!table.contains(trial.directory))
            await running.sandbox.terminate()
        }
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let file = try require(fopen(path, "re"), "'\(path)' cannot be read")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }
}
