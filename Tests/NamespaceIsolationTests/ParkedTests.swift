import Barchan
import BarchanConformance
import Glibc
import Synchronization
import Testing

/// Sandboxes that wait for a grain of a package in use: for one grain each, and gone when they have to be.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ParkedTests {
    private func trial(_ settings: [String: SettingValue] = [:]) async throws -> IsolationTrial {
        try IsolationTrial(await Machine.provider(settings), probe: Programs.path("sandbox-probe"))
    }

    @Test func aGrainTakesOverASandboxThatWaits() async throws {
        try await skipping {
            let trial = try await trial()
            try await ParkedTests.untilParked(trial)
        }
    }

    @Test func anotherPackageGetsItsOwn() async throws {
        try await skipping {
            let provider = try await Machine.provider()
            let one = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            let other = try IsolationTrial(provider, probe: Programs.path("sandbox-probe"))
            try TemporaryTree.makeDirectory("\(other.package)/other")
            for _ in 0..<3 {
                try await ParkedTests.untilParked(one)
                try await one.facts(["files"]).require("list /", "dev,probe,proc,tmp,var")
                try await other.facts(["files"]).require("list /", "dev,other,probe,proc,tmp,var")
            }
        }
    }

    @Test func aReplacedPackageIsSeen() async throws {
        try await skipping {
            let trial = try await trial()
            try await ParkedTests.untilParked(trial)
            try require(rename(trial.package, "\(trial.directory)/old") == 0, "it cannot be moved away")
            for name in ["", "/dev", "/tmp", "/var", "/new"] { try TemporaryTree.makeDirectory(trial.package + name) }
            try TemporaryTree.copy(Programs.path("sandbox-probe"), to: "\(trial.package)/probe")
            try await trial.facts(["files"]).require("list /", "dev,new,probe,tmp,var")
        }
    }

    @Test func limitsOfTheGrainHold() async throws {
        try await skipping {
            let trial = try await trial()
            try await ParkedTests.untilParked(trial)
            var limits = SandboxLimits()
            (limits.openFilesSoft, limits.openFilesHard, limits.temporaryBytes) = (77, 78, 1 << 20)
            for _ in 0..<3 {
                let bounded = try await trial.facts(["limits", "fill", "/tmp"], limits: limits)
                try bounded.require("limit.files", "78")
                try require(bounded["filled.bytes"].flatMap { Int($0) }.map { $0 <= 1 << 20 } == true, "1 MiB")
                try await trial.facts(["limits"]).require("limit.files", "4096")
                try await ParkedTests.untilParked(trial)
            }
        }
    }

    /// What one grain leaves in /tmp and /dev/shm and on its loopback is not there for the next.
    @Test func nothingPassesFromGrainToGrain() async throws {
        try await skipping {
            let trial = try await trial()
            for _ in 0..<5 {
                try await ParkedTests.untilParked(trial)
                let facts = try await trial.facts(["files", "bind", "8000"])
                try facts.require("list /tmp", "empty")
                try facts.require("list /dev/shm", "empty")
                try facts.require("create /tmp/x", "ok")
                try facts.require("bind", "ok")
            }
        }
    }

    @Test func aReleasedPackageIsHeldByNobody() async throws {
        try await skipping {
            let (trial, launcher, _directory) = try await watched([:])
            try await ParkedTests.untilParked(trial)
            try await ParkedTests.until(1, launcher)
            let holder = try require(trial.provider as? any PackageHolder, "it cannot be told of a removal")
            await holder.release(PackageTree(layers: [trial.package]))
            #expect(try launcher.children() == 0)
            // Harmless again, and for what was never there.
            await holder.release(PackageTree(layers: [trial.package]))
            await holder.release(PackageTree(layers: ["/nowhere"]))
            #expect(try await trial.facts(["exit", "4"]).exit == .exited(status: 4))
            _ = _directory
        }
    }

    @Test func anUnusedPackageIsForgotten() async throws {
        try await skipping {
            let (trial, launcher, _directory) = try await watched(["parkedSeconds": .integer(1)])
            try await ParkedTests.untilParked(trial)
            try await ParkedTests.until(0, launcher)
            _ = _directory
        }
    }

    @Test func allPackagesTogetherAreBounded() async throws {
        try await skipping {
            let (first, launcher, _directory) = try await watched([
                "parked": .integer(4), "parkedTotal": .integer(2),
            ])
            let second = try IsolationTrial(first.provider, probe: Programs.path("sandbox-probe"))
            for _ in 0..<3 {
                _ = try await first.facts(["exit", "0"])
                _ = try await second.facts(["exit", "0"])
            }
            try await ParkedTests.until(2, launcher)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try launcher.children() == 2)
            _ = _directory
        }
    }

    @Test func aBrokenPackageFailsAsWithoutWaiting() async throws {
        try await skipping {
            let trial = try await trial()
            try await ParkedTests.untilParked(trial)
            for _ in 0..<2 {
                let error = try await trial.refusal(of: trial.specification(["/missing"]))
                #expect(error.code == .invalidArgument && error.message.contains("no such program"), "\(error.message)")
            }
            var specification = trial.specification(["/probe"])
            specification.data = "\(trial.directory)/nowhere"
            let error = try await trial.refusal(of: specification)
            #expect(error.message.contains("open the grain's data"), "\(error.message)")
            #expect(try await trial.facts(["exit", "6"]).exit == .exited(status: 6))
        }
    }

    /// A start without the step in which the launcher takes the request.
    @Test func theLauncherIsNotAsked() async throws {
        try await skipping {
            guard geteuid() == 0 else { throw ConformanceSkip("only root's host may open a grain's data itself") }
            let trial = try await trial()
            while true {
                let steps = try await ParkedTests.steps(trial).map(\.name)
                if steps.contains("package") && !steps.contains("request") { break }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    // MARK: Details

    /// A trial whose launcher's processes can be told from others by a name of its own.
    private func watched(
        _ settings: [String: SettingValue]
    ) async throws -> (IsolationTrial, LauncherProcesses, TemporaryDirectory) {
        let (provider, launcher, directory) = try await Machine.watchedProvider(settings)
        return (try IsolationTrial(provider, probe: Programs.path("sandbox-probe")), launcher, directory)
    }

    /// Waits for a number of sandboxes. The launcher makes and ends those that wait by itself and tells nobody.
    private static func until(_ count: Int, _ launcher: LauncherProcesses) async throws {
        while try launcher.children() != count { try await Task.sleep(for: .milliseconds(20)) }
    }

    private static func run(
        _ trial: IsolationTrial, _ arguments: [String]
    ) async throws -> (running: RunningTrial, lines: [String]) {
        let running = try await trial.start(arguments)
        return (running, await running.output.rest())
    }

    /// What a start consisted of.
    private static func steps(_ trial: IsolationTrial) async throws -> [StartStep] {
        let started = try await run(trial, ["exit", "0"]).running
        _ = await started.sandbox.waitForExit()
        return (started.sandbox as? any TimedSandbox)?.startSteps ?? []
    }

    /// Starts grains until one took over a sandbox that had the package before it was asked for.
    static func untilParked(_ trial: IsolationTrial) async throws {
        while true {
            let asked = nanoseconds()
            let steps = try await steps(trial)
            if let parked = steps.first(where: { $0.name == "package" }), parked.nanoseconds < asked { return }
            // The launcher makes sandboxes ready when it is asked for nothing, and says so to nobody.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Launches every program in a sandbox that waited for it.
final class ParkedProvider: IsolationProvider {
    private let provider: any IsolationProvider
    private let launcher: LauncherProcesses
    private let live = Mutex(0)

    init(_ provider: any IsolationProvider, _ launcher: LauncherProcesses) {
        self.provider = provider
        self.launcher = launcher
    }

    var guarantees: Set<Guarantee> { provider.guarantees }
    var fileOwner: FileOwner { provider.fileOwner }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        guard await announce(specification) else {
            return try await provider.launch(specification, socket: socket, output: output)
        }
        let sandbox = try await provider.launch(specification, socket: socket, output: output)
        guard (sandbox as? any TimedSandbox)?.startSteps.contains(where: { $0.name == "package" }) == true else {
            throw HostError(.failed, "launch in a sandbox that waits: it was launched in another")
        }
        live.withLock { $0 += 1 }
        Task {
            _ = await sandbox.waitForExit()
            live.withLock { $0 -= 1 }
        }
        return sandbox
    }

    /// Has a sandbox made ready for the package with these limits, by starting something in it first. False for a package
    /// in which nothing can be started.
    private func announce(_ specification: SandboxSpecification) async -> Bool {
        var first = specification
        first.command = Barchan.Command(arguments: ["/probe", "exit", "0"])
        do {
            while true {
                while try await !runInParked(first) { try await Task.sleep(for: .milliseconds(10)) }
                // Unless the launcher has given the package up, because what it made ready was lost: the next use mends that.
                for _ in 0..<400 {
                    if try launcher.children() > live.withLock({ $0 }) { return true }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        } catch {
            return false
        }
    }

    /// Whether the sandbox that the program ran in had waited.
    private func runInParked(_ specification: SandboxSpecification) async throws -> Bool {
        let (host, grain) = try TrialDescriptors.socketPair()
        defer { close(host) }
        let (reader, writer) = try TrialDescriptors.pipe()
        let output = TrialOutput(reader)
        let sandbox = try await provider.launch(
            specification, socket: OwnedDescriptor(takingOwnershipOf: grain),
            output: OwnedDescriptor(takingOwnershipOf: writer))
        _ = await output.rest()
        _ = await sandbox.waitForExit()
        return (sandbox as? any TimedSandbox)?.startSteps.contains { $0.name == "package" } == true
    }
}
