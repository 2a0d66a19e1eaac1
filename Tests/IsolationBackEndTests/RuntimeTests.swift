import Barchan
import BarchanConformance
import Glibc
import Testing

/// What is particular about sandboxes that another program makes.
@Suite(.timeLimit(.minutes(10)))
struct RuntimeTests {
    private func trial(
        _ runtime: Runtime, _ settings: [String: SettingValue] = [:]
    ) async throws -> IsolationTrial {
        try IsolationTrial(
            await Machine.provider(of: runtime.plugin, runtime.settings.merging(settings) { $1 }),
            probe: Programs.path("sandbox-probe"))
    }

    @Test(arguments: Runtime.all) func nothingOfTheProgramStaysBesideAGrain(_ runtime: Runtime) async throws {
        try await skipping {
            let directory = try TemporaryTree.make()
            defer { TemporaryTree.remove(directory) }
            // A name of its own makes the processes of this test recognizable.
            let name = runtime.program.split(separator: "/").last ?? ""
            let program = "\(directory)/\(name)-of-test"
            try require(symlink(runtime.program, program) == 0, "no link")
            let trial = try await trial(runtime, ["program": .string(program)])
            let running = try await trial.start(["ignore", "wait"])
            try require(await running.output.line() == "ignoring ok", "it did not start")
            #expect(Machine.processes { $0.hasPrefix("\(program) ") }.isEmpty)
            await running.sandbox.terminate()
        }
    }

    /// Goes on until it is ended, which is the test.
    @Test(arguments: Runtime.all) func whoGoesOnBeingRefusedProcessesIsEnded(_ runtime: Runtime) async throws {
        try await skipping {
            let trial = try await trial(runtime)
            guard trial.provider.guarantees.isSuperset(of: [.freezing, .memoryLimit]) else {
                throw ConformanceSkip("there are no groups")
            }
            var limits = SandboxLimits()
            limits.processes = 20
            let running = try await trial.start(["exhaust", "0"], limits: limits)
            #expect(await running.sandbox.waitForExit() == .signaled(signal: SIGKILL))
            let usage = await (running.sandbox as? any MeasuredSandbox)?.usage()
            #expect(usage?.refusedProcesses.map { $0 >= 20 } == true, "\(String(describing: usage))")
        }
    }

    @Test(arguments: Runtime.all) func layersLieOverEachOther(_ runtime: Runtime) async throws {
        try await skipping {
            let trial = try await trial(runtime)
            let upper = "\(trial.directory)/upper, with: all\\of it"
            try TemporaryTree.makeDirectory(upper)
            try TemporaryTree.makeDirectory("\(upper)/app")
            var specification = trial.specification(["/probe", "files"])
            specification.package = PackageTree(layers: [upper, trial.package])
            let running = try await trial.start(specification)
            let facts = ProbeFacts(lines: await running.output.rest(), exit: await running.sandbox.waitForExit())
            try facts.require("list /", "app,dev,probe,proc,tmp,var")
            try facts.require("create /x", "EROFS")
            try facts.require("create /var/x", "ok")
        }
    }

    @Test(arguments: Runtime.all) func aPackageWithoutMountPointsRuns(_ runtime: Runtime) async throws {
        try await skipping {
            let trial = try await trial(runtime)
            for name in ["dev", "tmp", "var"] { rmdir("\(trial.package)/\(name)") }
            unlink("\(trial.package)/proc/cpuinfo")
            rmdir("\(trial.package)/proc")
            try await trial.facts(["files"]).require("list /", "probe")
        }
    }

    @Test(arguments: Runtime.all) func manyStartsAtOnce(_ runtime: Runtime) async throws {
        try await skipping {
            let trial = try await trial(runtime)
            let statuses = try await withThrowingTaskGroup(of: SandboxExit.self) { group in
                for number in 0..<40 {
                    group.addTask { try await trial.facts(["exit", "\(number)"]).exit }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for number in Int32(0)..<40 { #expect(statuses.contains(.exited(status: number))) }
        }
    }

    @Test(arguments: Runtime.all) func aMissingProgramIsNamed(_ runtime: Runtime) async throws {
        let error = await #expect(throws: HostError.self) {
            try await Machine.provider(of: runtime.plugin, ["program": .string("/nowhere/runtime")])
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("'/nowhere/runtime'") == true)
        #expect(error?.message.contains("install Debian's package") == true)
    }

    @Test(arguments: Runtime.all) func aProgramThatFailsIsAnErrorAtTheStart(_ runtime: Runtime) async throws {
        let error = await #expect(throws: HostError.self) {
            try await Machine.provider(of: runtime.plugin, ["program": .string("/bin/false")])
        }
        #expect(error?.message.contains("run the program that makes the sandbox") == true)
    }
}
