import Barchan
import BarchanConformance
import CLinux
import Glibc
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LaunchTests {
    private func trial(_ settings: [String: SettingValue] = [:]) async throws -> IsolationTrial {
        try IsolationTrial(await Machine.provider(settings), probe: Programs.path("sandbox-probe"))
    }

    @Test func layersLieOverEachOther() async throws {
        try await skipping {
            let trial = try await trial()
            // What separates and escapes layers in overlay's own syntax.
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

    @Test func aLinkInAnUpperLayerIsRefused() async throws {
        try await skipping {
            let trial = try await trial()
            let upper = "\(trial.directory)/upper"
            try TemporaryTree.makeDirectory(upper)
            try require(symlink("/etc", "\(upper)/var") == 0, "no link")
            var specification = trial.specification(["/probe", "files"])
            specification.package = PackageTree(layers: [upper, trial.package])
            let error = try await trial.refusal(of: specification)
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains("/var of the package is a symbolic link"))
        }
    }

    @Test func missingDirectoriesAreNamed() async throws {
        try await skipping {
            let trial = try await trial()
            var specification = trial.specification(["/probe"])
            specification.data = "\(trial.directory)/nowhere"
            let noData = try await trial.refusal(of: specification)
            #expect(noData.code == .invalidArgument && noData.message.contains("open the grain's data"))
            specification = trial.specification(["/probe"])
            specification.package = PackageTree(layers: ["\(trial.directory)/nowhere"])
            let noPackage = try await trial.refusal(of: specification)
            #expect(noPackage.code == .invalidArgument && noPackage.message.contains("open the package"))
        }
    }

    @Test func aPackageWithoutMountPointsRuns() async throws {
        try await skipping {
            let trial = try await trial()
            for name in ["dev", "tmp", "var"] { rmdir("\(trial.package)/\(name)") }
            unlink("\(trial.package)/proc/cpuinfo")
            rmdir("\(trial.package)/proc")
            let facts = try await trial.facts(["files"])
            try facts.require("list /", "probe")
            #expect(facts.exit == .exited(status: 0))
        }
    }

    @Test func tooLongACommandIsRefusedAndALongOneRuns() async throws {
        try await skipping {
            let trial = try await trial()
            let long = String(repeating: "x", count: 100 << 10)
            #expect(try await trial.facts(["exit", "3", long]).exit == .exited(status: 3))
            let error = try await trial.refusal(of: trial.specification(["/probe", "exit", "0", long, long]))
            #expect(error.code == .invalidArgument)
        }
    }

    @Test(arguments: [0, 4]) func twoHundredStartsAtOnce(_ poolSize: Int64) async throws {
        try await skipping {
            let trial = try await trial(["poolSize": .integer(poolSize)])
            let statuses = try await withThrowingTaskGroup(of: SandboxExit.self) { group in
                for number in 0..<200 {
                    group.addTask { try await trial.facts(["exit", "\(number)"]).exit }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let expected = Set((0..<200).map { SandboxExit.exited(status: Int32($0)).description })
            #expect(Set(statuses.map(\.description)) == expected)
        }
    }

    @Test func nothingIsLeftOfManyStarts() async throws {
        try await skipping {
            let directory = try TemporaryDirectory()
            let launcher = "\(directory.path)/barchan-sandbox"
            try require(symlink(Programs.path("barchan-sandbox"), launcher) == 0, "no link")
            // Without a pool, so that the launcher holds the same descriptors whenever nothing runs.
            let trial = try await trial([
                "launcher": .string(launcher), "poolSize": .integer(0), "networks": .integer(0),
            ])
            for _ in 0..<3 { _ = try await trial.facts(["exit", "0"]) }
            let before = try LauncherProcesses(program: launcher)
            let descriptors = try before.openDescriptors()
            for _ in 0..<30 {
                _ = try await trial.facts(["descendants", "exit", "0"])
                _ = try? await trial.start(trial.specification(["/missing"]))
            }
            let after = try LauncherProcesses(program: launcher)
            // A sandbox that failed is collected a moment after it was reported; one more start waits for that.
            _ = try await trial.facts(["exit", "0"])
            #expect(try after.openDescriptors() <= descriptors + 3)
        }
    }

    @Test func settingsAreChecked() async throws {
        for (name, value) in [("user", SettingValue.integer(0)), ("poolSize", .integer(65)), ("group", .integer(-1))] {
            await #expect(throws: HostError.self) { try await Machine.provider([name: value]) }
        }
        do {
            _ = try await Machine.provider(["launcher": .string("/nowhere/barchan-sandbox")])
            Issue.record("a missing launcher was started")
        } catch let error as HostError {
            #expect(error.code == .notFound && error.message.contains("/nowhere/barchan-sandbox"))
        }
    }
}

extension SandboxExit {
    fileprivate var description: String { "\(self)" }
}
